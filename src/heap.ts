import { setFlagsFromString } from 'node:v8';

/**
 * While modules are loaded, nearly all that is made stays: room for what is young would only be
 * filled up and never be given back. V8 reads it whenever it is about to grow.
 */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** V8's own measure again: under load, callbacks live shortly and want the room. */
export function letHeapGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
