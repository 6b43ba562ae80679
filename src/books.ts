import { randomBytes } from 'node:crypto';

import type { Clock } from '#kernel';
import type { Config } from '#platform/config';
import { createDatabase, migrate, type Database } from '#platform/db';
import { createDatabaseServer, describeServerRefusal } from '#platform/database-server';
import type { Log } from '#platform/log';
import { deriveKeys } from '#security';

import { StartRefused } from './refusal.ts';
import { layFoundation, type Foundation } from './foundation.ts';

/** An open, migrated database, and the server under it where that is ours. */
export interface OpenBooks {
  readonly database: Database;
  readonly foundation: Foundation;
  /** The embedded server had been running already. */
  readonly wasRunning: boolean;
  /** Starts the embedded server again where it has died; answers whether it had to. */
  reviveServer(): Promise<boolean>;
  close(options: { readonly stopServer: boolean }): Promise<void>;
}

export interface BooksDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly onNote?: (text: string) => void;
  /** Other processes may use the embedded server when this one ends in a hurry. */
  readonly sharesServer?: boolean;
}

const connectionsMax = 12;

interface Reached {
  readonly connectionString: string;
  readonly wasRunning: boolean;
  readonly revive: () => Promise<boolean>;
  /** Lets the server run on, for whoever uses it besides. */
  readonly leave: () => void;
  readonly stop: () => Promise<void>;
}

async function reachServer(deps: BooksDeps): Promise<Reached> {
  const { config, clock, log } = deps;
  const { database } = config;
  if (database.kind === 'server') {
    const connectionString = database.url.reveal();
    const revive = (): Promise<boolean> => Promise.resolve(false);
    const stop = (): Promise<void> => Promise.resolve();
    return { connectionString, wasRunning: true, revive, leave: nothing, stop };
  }
  const { osUser } = database;
  const server = createDatabaseServer({
    dataDir: database.dataFolder,
    clock,
    log: (text) => log.info({}, text),
    ...(osUser === undefined ? {} : { settings: { osUser } }),
  });
  // Sentences about what is out of the ordinary, for the log and for whoever looks on.
  const started = await server.start((text) => {
    log.info({}, text);
    deps.onNote?.(text);
  });
  if (!started.ok) throw new StartRefused(describeServerRefusal(started.error));
  const { connectionString, adopted, recovered, tookMs } = started.value;
  let { pid } = started.value;
  const forget = deps.sharesServer === true ? nothing : endAtExit(() => pid);
  log.info({ adopted, recovered, tookMs }, 'the embedded PostgreSQL runs');
  return {
    connectionString: connectionString.reveal(),
    wasRunning: adopted,
    revive: async () => {
      if ((await server.status()).state === 'running') return false;
      const again = await server.start();
      if (!again.ok) throw new StartRefused(describeServerRefusal(again.error));
      ({ pid } = again.value);
      return true;
    },
    leave: forget,
    stop: async () => {
      await server.stop();
      forget();
    },
  };
}

const nothing = (): void => undefined;

/**
 * A process that ends without having stopped its server, at a second Ctrl-C or by a defect, asks it
 * to end by itself. Answers how to leave that undone.
 */
function endAtExit(pidNow: () => number): () => void {
  const onExit = (): void => {
    try {
      process.kill(pidNow(), 'SIGINT');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', onExit);
  return () => process.off('exit', onExit);
}

/** Opens the books for the engine, or for a command while the engine is not running. */
export async function openBooks(deps: BooksDeps): Promise<OpenBooks> {
  const { config, clock, log } = deps;
  const keys = deriveKeys(config.master.secret);
  if (!keys.ok) throw new StartRefused(`${keys.error.cause} ${keys.error.fix}`);
  const reached = await reachServer(deps);
  const database = createDatabase({
    connectionString: reached.connectionString,
    connectionsMax,
    onLost: (error) => log.debug({ err: error }, 'a database connection broke'),
  });
  try {
    const { applied } = await migrate(database);
    if (applied.length > 0) log.info({ applied }, 'the database was migrated');
    const foundation = await layFoundation({
      database,
      clock,
      log,
      random: randomBytes,
      keys: keys.value,
      mode: config.mode,
      businessName: config.businessName,
    });
    return {
      database,
      foundation,
      wasRunning: reached.wasRunning,
      reviveServer: reached.revive,
      close: async ({ stopServer }) => {
        await database.close();
        if (stopServer) await reached.stop();
        else reached.leave();
      },
    };
  } catch (error) {
    await database.close();
    // One that ran before serves somebody else.
    if (reached.wasRunning) reached.leave();
    else await reached.stop();
    throw error instanceof StartRefused ? error : databaseRefusalOf(error, config);
  }
}

function databaseRefusalOf(error: unknown, config: Config): unknown {
  if (config.database.kind !== 'server' || !(error instanceof Error)) return error;
  return new StartRefused(
    `The database at DATABASE_URL cannot be used: ${causeOf(error)}.`,
    'Check that it runs and that the address, user and password are right, ' +
      'or remove DATABASE_URL to use the embedded one.',
  );
}

/** A host with several addresses fails at each of them, in an error without words of its own. */
function causeOf(error: Error): string {
  const cause = error.cause instanceof Error ? error.cause : error;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return first instanceof Error && first.message !== '' ? first.message : 'it does not answer';
}
