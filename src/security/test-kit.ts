import { createHash } from 'node:crypto';

import {
  createIdSource,
  createVirtualClock,
  firstBusinessId,
  type IdSource,
  invariant,
  isoOf,
  Secret,
  type VirtualClock,
} from '#kernel';
import { createDatabase, type Database, migrate, sql } from '#platform/db';

import { createTestDatabases } from '../../test/support/postgres.ts';
import { deriveKeys, type Keys } from './keys.ts';
import type { RandomBytes } from './random.ts';

export const startAt = 1_795_400_000_000;

/** Bytes that look random and are the same in every run. */
export function createSeededRandom(seed: string): RandomBytes {
  let count = 0;
  return (bytes) => {
    const blocks: Buffer[] = [];
    for (let filled = 0; filled < bytes; filled += 32) {
      blocks.push(createHash('sha256').update(`${seed}|${count}`).digest());
      count += 1;
    }
    return Buffer.concat(blocks).subarray(0, bytes);
  };
}

export function keysFor(name: string): Keys {
  const keys = deriveKeys(new Secret(createHash('sha256').update(name).digest('hex')));
  invariant(keys.ok, 'a SHA-256 looks random enough');
  return keys.value;
}

export interface TestBed {
  readonly database: Database;
  /** The same database as another process sees it. */
  readonly neighbour: Database;
  readonly clock: VirtualClock;
  readonly ids: IdSource;
  close(): Promise<void>;
}

/** A migrated database of its own with one business in it. */
export async function createTestBed(): Promise<TestBed> {
  const databases = await createTestDatabases();
  await databases.template('migrated', async (connectionString) => {
    const database = createDatabase({ connectionString });
    await migrate(database);
    await database.close();
  });
  const own = await databases.createDatabase({ template: 'migrated' });
  const clock = createVirtualClock(startAt);
  const onLost = () => undefined;
  const connect = () => createDatabase({ connectionString: own.connectionString, onLost });
  const [database, neighbour] = [connect(), connect()];
  await sql`
    insert into business (business_id, name, mode, created_at)
    values (${firstBusinessId}, 'Duka', 'sandbox', ${isoOf(startAt)})`.execute(database.executor);
  return {
    database,
    neighbour,
    clock,
    ids: createIdSource({ clock, shard: 1 }),
    close: async () => {
      await Promise.all([database.close(), neighbour.close()]);
      await own.drop();
    },
  };
}
