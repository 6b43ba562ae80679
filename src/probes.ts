import { randomBytes } from 'node:crypto';

import type { Clock, RailId } from '#kernel';
import type { Config, DatabaseFacts, Mode, Probes, ProviderAnswer } from '#platform/config';
import { createDatabase, sql, type Database } from '#platform/db';
import { createDatabaseServer } from '#platform/database-server';
import { createHttpLine, isAccessToken, type AccessToken, type TokenRefusal } from '#rails';

import { createRails } from './providers.ts';

export interface ProbeDeps {
  readonly config: Config | undefined;
  readonly clock: Clock;
  readonly isRunning: () => Promise<unknown>;
}

const nobodyAsked = { kind: 'not-asked' } as const;

/** What `validate` asks of the network and the database: questions only, nothing is changed. */
export function createProbes({ config, clock, isRunning }: ProbeDeps): Probes {
  return {
    database: () =>
      config === undefined ? Promise.resolve(nobodyAsked) : askDatabase(config, clock),
    provider: (rail) =>
      config === undefined ? Promise.resolve(nobodyAsked) : askForToken(config, clock, rail),
    isOwnEngine: async () => (await isRunning()) !== undefined,
    // Confirmations of payout numbers are not kept yet, so every number counts as unconfirmed.
    isPayoutConfirmed: () => Promise.resolve(false),
  };
}

/** An embedded server that is stopped is started for the question; one never made is left alone. */
async function askDatabase(config: Config, clock: Clock): Promise<DatabaseFacts> {
  if (config.database.kind === 'server') return askAt(config.database.url.reveal(), clock);
  const { dataFolder, osUser } = config.database;
  const server = createDatabaseServer({
    dataDir: dataFolder,
    clock,
    ...(osUser === undefined ? {} : { settings: { osUser } }),
  });
  const { state } = await server.status();
  if (state === 'absent') return nobodyAsked;
  const started = await server.start();
  if (!started.ok) return { kind: 'away', cause: started.error.kind };
  try {
    return await askAt(started.value.connectionString.reveal(), clock);
  } finally {
    if (!started.value.adopted) await server.stop();
  }
}

async function askAt(connectionString: string, clock: Clock): Promise<DatabaseFacts> {
  const database = createDatabase({ connectionString, connectionsMax: 1 });
  try {
    const { rows } = await sql<{ version: number; fsync: boolean; now: number; known: boolean }>`
      select current_setting('server_version_num')::int as version,
        current_setting('fsync') = 'on' as fsync, clock_timestamp() as now,
        to_regclass('business') is not null as known`.execute(database.executor);
    const [row] = rows;
    if (row === undefined) return { kind: 'away', cause: 'no answer' };
    return {
      kind: 'reached',
      serverVersion: row.version,
      fsync: row.fsync,
      clockAheadMs: row.now - clock.now(),
      mode: row.known ? await modeOf(database) : undefined,
    };
  } catch (error) {
    return { kind: 'away', cause: error instanceof Error ? error.message : 'unknown' };
  } finally {
    await database.close();
  }
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
