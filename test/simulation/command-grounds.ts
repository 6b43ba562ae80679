import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { invariant } from '#kernel';
import { describeServerRefusal } from '#platform/database-server';
import { createDatabase, migrate } from '#platform/db';
import { Client } from 'pg';

import { createTestServer } from '../support/test-server.ts';

/** What one run stands on: a migrated database of its own and a folder. */
export interface Ground {
  readonly connectionString: string;
  readonly folder: string;
}

export interface CommandGrounds {
  /** Makes the ground for one run, and clears it away behind it. */
  with<Value>(run: (ground: Ground) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

/** A database server for the command alone, in a temporary folder. */
export async function openCommandGrounds(): Promise<CommandGrounds> {
  const folder = await mkdtemp(join(tmpdir(), `qmoi-simulation-`));
  // Under root the server runs as another user, who has to pass through here.
  await chmod(folder, 0o711);
  const server = createTestServer(join(folder, 'database'));
  const started = await server.start();
  if (!started.ok) throw new Error(describeServerRefusal(started.error));
  const { connectionString, database } = started.value;
  const nameIn = (name: string): string =>
    connectionString.reveal().replace(`/${database}?`, `/${name}?`);
  const admin = async (text: string): Promise<void> => {
    const client = new Client({ connectionString: nameIn('postgres') });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  let runs = 0;
  return {
    with: async (run) => {
      runs += 1;
      invariant(runs < 10_000, 'a command runs a number of seeds');
      const name = `simulation_${runs}`;
      await admin(`create database ${name}`);
      const ground = { connectionString: nameIn(name), folder: join(folder, `run-${runs}`) };
      try {
        const migrated = createDatabase({ connectionString: ground.connectionString });
        await migrate(migrated);
        await migrated.close();
        return await run(ground);
      } finally {
        await admin(`drop database ${name} with (force)`);
        await rm(ground.folder, { recursive: true, force: true });
      }
    },
    close: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
