import type { Surroundings } from '#api';
import { createMask } from '#platform/log';

const gib = 1024 ** 3;

/** A machine with room for everything and nothing in its log. */
export const roomyMachine: Surroundings = {
  databaseKind: 'embedded',
  transferCheckEveryMs: 3_600_000,
  support: { whatsapp: undefined, email: undefined },
  settings: [
    { name: 'QMOI_MODE', isSet: true },
    { name: 'DATABASE_URL', isSet: false },
  ],
  look: () =>
    Promise.resolve({
      memory: { ownBytes: gib / 8, freeBytes: 2 * gib, totalBytes: 4 * gib },
      disks: [{ name: 'data', folder: 'data/sandbox', freeBytes: 40 * gib, totalBytes: 64 * gib }],
      log: { file: 'logs/revenue_engine.log', bytes: 2_048 },
      screenBuiltAt: undefined,
    }),
  logLines: () => Promise.resolve([]),
  hide: createMask(),
};
