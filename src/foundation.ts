import {
  createIdSource,
  firstBusinessId,
  isoOf,
  shardCount,
  type BusinessId,
  type Clock,
  type IdSource,
} from '#kernel';
import { createAudit, type Audit } from '#audit';
import { sql, type Database } from '#platform/db';
import type { Log } from '#platform/log';
import { createOutbox, type Outbox } from '#platform/outbox';
import {
  createBlindIndex,
  createCallbackTokens,
  createIdempotency,
  createVault,
  type BlindIndex,
  type CallbackTokens,
  type Idempotency,
  type Keys,
  type RandomBytes,
  type Vault,
} from '#security';

import { StartRefused } from './refusal.ts';

/** What stands before any money: keys, ids, and the record of who did what. */
export interface Foundation {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly mode: 'sandbox' | 'live';
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly random: RandomBytes;
  readonly keys: Keys;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
  readonly tokens: CallbackTokens;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
}

export interface FoundationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  readonly keys: Keys;
  readonly mode: 'sandbox' | 'live';
  readonly businessName: string;
}

/** The database must be migrated. */
export async function layFoundation(deps: FoundationDeps): Promise<Foundation> {
  const { database, clock, keys, random, log } = deps;
  const businessId = firstBusinessId;
  await openBusiness(deps, businessId);
  const ids = createIdSource({ clock, shard: await nextShard(database) });
  const vault = createVault({ database, businessId, keys, clock, random });
  const opened = await vault.open();
  if (!opened.ok) throw new StartRefused(`${opened.error.cause} ${opened.error.fix}`);
  const common = { database, businessId, mode: deps.mode, clock, ids };
  return {
    ...common,
    log,
    random,
    keys,
    vault,
    blindIndex: createBlindIndex({ keys, businessId }),
    tokens: createCallbackTokens({ keys }),
    audit: createAudit(common),
    outbox: createOutbox(common),
    idempotency: createIdempotency(common),
  };
}

/** Makes the business at the first start; refuses a database of the other mode. */
async function openBusiness(deps: FoundationDeps, businessId: BusinessId): Promise<void> {
  const { database, mode, businessName, clock } = deps;
  await sql`
    insert into business (business_id, name, mode, created_at)
    values (${businessId}, ${businessName}, ${mode}, ${isoOf(clock.now())})
    on conflict do nothing`.execute(database.executor);
  const { rows } = await sql<{ mode: string }>`
    select mode from business where business_id = ${businessId}`.execute(database.executor);
  if (rows[0]?.mode !== mode) {
    throw new StartRefused(
      `This database holds ${rows[0]?.mode} money and the engine is in ${mode} mode.`,
      'Set QMOI_MODE back, or give each mode a database of its own: another DATABASE_URL, ' +
        'or with the embedded one the folder data/<mode> it was made in.',
    );
  }
}

async function nextShard(database: Database): Promise<number> {
  const { rows } = await sql<{ next: bigint }>`select nextval('process_shard') as next`.execute(
    database.executor,
  );
  return Number((rows[0]?.next ?? 0n) % BigInt(shardCount));
}
