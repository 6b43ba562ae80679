import { unreachable } from '#kernel';

import type { EndpointRefusal } from './devices/endpoint.ts';

/** Why a browser is not put on the list. */
export type SubscribeRefusal =
  | EndpointRefusal
  | { readonly kind: 'push-keys-unusable' }
  | { readonly kind: 'too-many-devices'; readonly devicesMax: number };

/** Why a test did not go through. */
export type TestRefusal =
  | { readonly kind: 'no-such-device' }
  | { readonly kind: 'device-gone' }
  | { readonly kind: 'note-not-taken'; readonly service: string; readonly why: string };

/** Whether the same order may go through later. */
export function isTransient(refusal: SubscribeRefusal | TestRefusal): boolean {
  switch (refusal.kind) {
    case 'note-not-taken':
      return true;
    case 'too-many-devices':
    case 'endpoint-not-https':
    case 'endpoint-of-nobody-known':
    case 'push-keys-unusable':
    case 'no-such-device':
    case 'device-gone':
      return false;
    default:
      return unreachable(refusal, 'refusal');
  }
}
