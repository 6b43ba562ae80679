import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome'] as const;

/** A sandbox of its own needs rights that a container has not; nothing is asked of the net. */
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;

export const chromiumMissing =
  'No Chromium was found: install one (Debian: `apt-get install chromium`), or name it in ' +
  'QMOI_CHROMIUM. The tests of the screen cannot run without.';

type Environment = Readonly<Record<string, string | undefined>>;

/** The browser that drives the tests: the one that is named, or the first on the path. */
export function findChromium(env: Environment = process.env): string | undefined {
  const named = env['QMOI_CHROMIUM'];
  if (named !== undefined && named !== '') return named;
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => isProgram(path));
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
