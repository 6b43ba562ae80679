import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';

import type { Surroundings } from '#api';
import { secretsOf, settingNames, type Config } from '#platform/config';
import { createMask } from '#platform/log';
import { lastLines, memoryNow, sizeOf, spaceOf } from '#platform/machine';

import { foldersOf } from './home.ts';
import { screenFolder } from './screen.ts';

const logLinesMax = 300;
const logBytesMax = 512 * 1024;

/** What the engine stands on, as the API tells it: folders by name, and no secret. */
export function surroundingsOf(config: Config): Surroundings {
  const { home, mode, log, database, support, transfers } = config;
  const { ofMode } = foldersOf(home, mode);
  const folders = [
    { name: 'data', path: ofMode },
    { name: 'logs', path: dirname(log.file) },
  ] as const;
  const { mpesa, airtel } = transfers.rails;
  return {
    databaseKind: database.kind,
    transferCheckEveryMs: Math.min(mpesa.checkEveryMs, airtel.checkEveryMs),
    support: { whatsapp: support.whatsapp, email: support.email },
    settings: settingNames.map((name) => ({ name, isSet: config.given.includes(name) })),
    look: async () => {
      const [disks, logFile, screen] = await Promise.all([
        Promise.all(
          folders.map(async ({ name, path }) => ({ name, path, ...(await spaceOf(path)) })),
        ),
        sizeOf(log.file),
        sizeOf(join(screenFolder, 'index.html')),
      ]);
      return {
        memory: memoryNow(),
        disks: disks.map(({ path, ...disk }) => ({ ...disk, folder: relative(home, path) })),
        log: { file: relative(home, log.file), bytes: logFile?.bytes },
        screenBuiltAt: screen?.changedAt,
      };
    },
    logLines: () => lastLines(log.file, { linesMax: logLinesMax, bytesMax: logBytesMax }),
    hide: hiding(config),
  };
}

const program = join(import.meta.dirname, '..');

/** Hides the configuration's secrets, and where on this machine anything lies. */
function hiding(config: Config): (text: string) => string {
  const mask = createMask(secretsOf(config));
  const places = [
    { path: config.home, shown: '<home>' },
    { path: program, shown: '<program>' },
    { path: homedir(), shown: '<user>' },
  ]
    // The inner ones first; the root of everything is no secret.
    .filter(({ path }) => path.length > 1)
    .toSorted((one, other) => other.path.length - one.path.length);
  return (text) =>
    mask(places.reduce((rest, { path, shown }) => rest.replaceAll(path, shown), text));
}
