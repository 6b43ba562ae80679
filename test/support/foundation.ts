import { createHash, randomBytes } from 'node:crypto';

import {
  createIdSource,
  createVirtualClock,
  firstBusinessId,
  invariant,
  isoOf,
  Secret,
  type BusinessId,
  type IdSource,
  type VirtualClock,
} from '#kernel';
import { createAudit, type Audit } from '#audit';
import { createDatabase, migrate, sql, type Database } from '#platform/db';
import { createOutbox, type Outbox } from '#platform/outbox';
import { createBlindIndex, createVault, deriveKeys, type BlindIndex, type Vault } from '#security';

import { createTestDatabases, type TestDatabase } from './postgres.ts';

/** What stands before any money, on a database of its own. */
export interface TestFoundation {
  readonly database: Database;
  /** The same database as another process sees it. */
  readonly neighbour: Database;
  readonly connectionString: string;
  readonly businessId: BusinessId;
  readonly clock: VirtualClock;
  readonly ids: IdSource;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
  readonly audit: Audit;
  readonly outbox: Outbox;
  close(): Promise<void>;
}

/** Monday 23 November 2026, 10:00 in Nairobi. */
export const foundationStartAt = Date.parse('2026-11-23T07:00:00Z');

/** A copy of the migrated template, which the first to come prepares. */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  const databases = await createTestDatabases();
  await databases.template('migrated', async (connectionString) => {
    const fresh = createDatabase({ connectionString });
    await migrate(fresh);
    await fresh.close();
  });
  return databases.createDatabase({ template: 'migrated' });
}

export async function createTestFoundation(startAt = foundationStartAt): Promise<TestFoundation> {
  const own = await createMigratedDatabase();
  const { connectionString } = own;
  const onLost = () => undefined;
  const database = createDatabase({ connectionString, onLost });
  const neighbour = createDatabase({ connectionString, onLost });
  const businessId = firstBusinessId;
  await sql`
    insert into business (business_id, name, mode, created_at)
    values (${businessId}, 'Duka', 'sandbox', ${isoOf(startAt)})`.execute(database.executor);
  const clock = createVirtualClock(startAt);
  const ids = createIdSource({ clock, shard: 1 });
  const keys = deriveKeys(new Secret(createHash('sha256').update('foundation').digest('hex')));
  invariant(keys.ok, 'a SHA-256 looks random enough');
  const vault = createVault({
    database,
    businessId,
    keys: keys.value,
    clock,
    random: randomBytes,
  });
  const opened = await vault.open();
  invariant(opened.ok, 'a new database takes any secret');
  const base = { database, businessId, clock, ids };
  return {
    ...base,
    neighbour,
    connectionString,
    vault,
    blindIndex: createBlindIndex({ keys: keys.value, businessId }),
    audit: createAudit(base),
    outbox: createOutbox(base),
    close: async () => {
      await Promise.all([database.close(), neighbour.close()]);
      await own.drop();
    },
  };
}
