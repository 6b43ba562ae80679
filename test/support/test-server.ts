import { getuid } from 'node:process';

import { createWallClock } from '#kernel';
import { createDatabaseServer, type DatabaseServer } from '#platform/database-server';

/** The server of a test run: real PostgreSQL, but its data need not outlive a power cut. */
export const createTestServer = (dataDir: string): DatabaseServer =>
  createDatabaseServer({
    dataDir,
    clock: createWallClock(),
    settings: {
      durability: 'none',
      connectionsMax: 200,
      walMb: 512,
      // Present everywhere, so that tests under root create no system user.
      ...(getuid?.() === 0 ? { osUser: 'nobody' } : {}),
    },
  });
