import { randomBytes } from 'node:crypto';

import { firstBusinessId, railIds, type Clock, type RailId } from '#kernel';
import type { Config, DatabaseFacts, Mode, Probes, ProviderAnswer } from '#platform/config';
import { createDatabase, sql, type Database } from '#platform/db';
import { createDatabaseServer } from '#platform/database-server';
import { createHttpLine, isAccessToken, type AccessToken, type TokenRefusal } from '#rails';
import { createBlindIndex, deriveKeys } from '#security';

import { createRails } from './providers.ts';

export interface ProbeDeps {
  readonly config: Config | undefined;
  readonly clock: Clock;
  readonly isRunning: () => Promise<unknown>;
}

const nobodyAsked = { kind: 'not-asked' } as const;

/** What `validate` asks of the network and the database: questions only, nothing is changed. */
export function createProbes({ config, clock, isRunning }: ProbeDeps): Probes {
  // Asked once for all questions: an embedded server is started for it.
  let asking: Promise<DatabaseAnswer> | undefined;
  const asked = (): Promise<DatabaseAnswer> =>
    (asking ??=
      config === undefined
        ? Promise.resolve({ facts: nobodyAsked, confirmed: [] })
        : askDatabase(config, clock));
  return {
    database: async () => (await asked()).facts,
    provider: (rail) =>
      config === undefined ? Promise.resolve(nobodyAsked) : askForToken(config, clock, rail),
    isOwnEngine: async () => (await isRunning()) !== undefined,
    isPayoutConfirmed: async (rail) => (await asked()).confirmed.includes(rail),
  };
}

interface DatabaseAnswer {
  readonly facts: DatabaseFacts;
  /** Rails whose configured number its owner has confirmed. */
  readonly confirmed: readonly RailId[];
}

const unconfirmed = (facts: DatabaseFacts): DatabaseAnswer => ({ facts, confirmed: [] });

/** An embedded server that is stopped is started for the question; one never made is left alone. */
async function askDatabase(config: Config, clock: Clock): Promise<DatabaseAnswer> {
  if (config.database.kind === 'server') return askAt(config, config.database.url.reveal(), clock);
  const { dataFolder, osUser } = config.database;
  const server = createDatabaseServer({
    dataDir: dataFolder,
    clock,
    ...(osUser === undefined ? {} : { settings: { osUser } }),
  });
  const { state } = await server.status();
  if (state === 'absent') return unconfirmed(nobodyAsked);
  const started = await server.start();
  if (!started.ok) return unconfirmed({ kind: 'away', cause: started.error.kind });
  try {
    return await askAt(config, started.value.connectionString.reveal(), clock);
  } finally {
    if (!started.value.adopted) await server.stop();
  }
}

async function askAt(
  config: Config,
  connectionString: string,
  clock: Clock,
): Promise<DatabaseAnswer> {
  const database = createDatabase({ connectionString, connectionsMax: 1 });
  try {
    const { rows } = await sql<{
      version: number;
      fsync: boolean;
      now: number;
      known: boolean;
      lists: boolean;
    }>`
      select current_setting('server_version_num')::int as version,
        current_setting('fsync') = 'on' as fsync, clock_timestamp() as now,
        to_regclass('business') is not null as known,
        to_regclass('payee') is not null as lists`.execute(database.executor);
    const [row] = rows;
    if (row === undefined) return unconfirmed({ kind: 'away', cause: 'no answer' });
    const facts: DatabaseFacts = {
      kind: 'reached',
      serverVersion: row.version,
      fsync: row.fsync,
      clockAheadMs: row.now - clock.now(),
      mode: row.known ? await modeOf(database) : undefined,
    };
    return { facts, confirmed: row.lists ? await confirmedIn(database, config) : [] };
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown';
    return unconfirmed({ kind: 'away', cause });
  } finally {
    await database.close();
  }
}

/** Numbers are kept unreadable: the configured one is looked for by its keyed hash. */
async function confirmedIn(database: Database, config: Config): Promise<readonly RailId[]> {
  const keys = deriveKeys(config.master.secret);
  if (!keys.ok) return [];
  const indexOf = createBlindIndex({ keys: keys.value, businessId: firstBusinessId });
  const { rows } = await sql<{ rail: RailId; phoneIndex: Buffer }>`
    select rail, phone_index as "phoneIndex" from payee
    where business_id = ${firstBusinessId} and state = 'confirmed'`.execute(database.executor);
  return railIds.filter((rail) => {
    const number = config.transfers.rails[rail].payoutNumber;
    return rows.some(
      (row) => row.rail === rail && number !== undefined && row.phoneIndex.equals(indexOf(number)),
    );
  });
}

async function modeOf(database: Database): Promise<Mode | undefined> {
  const { rows } = await sql<{ mode: Mode }>`select mode from business limit 1`.execute(
    database.executor,
  );
  return rows[0]?.mode;
}

/** Lets a rail fetch a token and go no further. */
async function askForToken(config: Config, clock: Clock, railId: RailId): Promise<ProviderAnswer> {
  let answer: AccessToken | TokenRefusal | undefined;
  const rails = createRails({
    config,
    addresses: {
      mpesa: addressOf(config.mpesa?.baseUrl),
      airtel: addressOf(config.airtel?.baseUrl),
    },
    line: createHttpLine(),
    tokens: {
      get: async (_rail, mint) => {
        answer = await mint();
        return { kind: 'unknown', cause: 'only the token was wanted' };
      },
      drop: () => Promise.resolve(),
    },
    clock,
    random: randomBytes,
    pullCallbackUrl: config.http.publicUrl,
  });
  await rails.get(railId)?.queryPrompt({ ownId: 'VALIDATE', providerRequestId: 'VALIDATE' });
  if (answer === undefined) return nobodyAsked;
  if (isAccessToken(answer)) return { kind: 'token' };
  return answer.kind === 'refused'
    ? { kind: 'refused', cause: `${answer.code} ${answer.description}`.trim() }
    : { kind: 'away', cause: answer.cause };
}

const addressOf = (baseUrl: string | undefined) =>
  baseUrl === undefined ? undefined : { baseUrl, securityKeyPem: undefined };
