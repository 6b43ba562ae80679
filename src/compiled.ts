import { mkdirSync, statSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { getuid } from 'node:process';

/** `QMOI_HOME`, or the folder the program lies in. */
export const homeOf = (env: Readonly<Record<string, string | undefined>>): string =>
  env['QMOI_HOME'] ?? join(import.meta.dirname, '..');

/**
 * Keeps what was compiled beside the data, which halves the time that loading takes. Node would
 * take a folder for temporary files: a reboot empties that one just before the start that needs it,
 * and another user of the machine may make it first and put code of his own there. Does nothing
 * before the first start has made the data folder, or where it is another user's: root, looking at
 * the standing, must not leave files behind that the engine cannot replace. `NODE_COMPILE_CACHE`
 * goes before it.
 */
export function useCompiled(home: string): void {
  try {
    const data = join(home, 'data');
    if (statSync(data).uid !== getuid?.()) return;
    const compiled = join(data, 'compiled');
    mkdirSync(compiled, { recursive: true, mode: 0o700 });
    enableCompileCache(compiled);
  } catch {
    // It is only slower without.
  }
}

/**
 * Writes it out now rather than at the end, which a power cut does not wait for; takes a tenth of a
 * second after an update, and otherwise nothing.
 */
export const keepCompiled = (): void => flushCompileCache();
