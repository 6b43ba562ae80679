import { randomBytes } from 'node:crypto';

import type { Config } from '#platform/config';
import { createDatabase, migrate, type Database } from '#platform/db';
import { deriveKeys } from '#security';

import { StartRefused } from './refusal.ts';
import { layFoundation, type Foundation } from './foundation.ts';
import { letGo, reachServer, type Reached, type ServerDeps } from './server.ts';

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

const connectionsMax = 12;

/** Opens the books for a command while the engine is not running. */
export const openBooks = async (deps: ServerDeps): Promise<OpenBooks> =>
  openBooksOn(await reachServer(deps), deps);

/** Opens the books on a server that answers; lets go of it again when they do not open. */
export async function openBooksOn(reached: Reached, deps: ServerDeps): Promise<OpenBooks> {
  const { config, clock, log } = deps;
  const database = createDatabase({
    connectionString: reached.connectionString,
    connectionsMax,
    onLost: (error) => log.debug({ err: error }, 'a database connection broke'),
  });
  try {
    const keys = deriveKeys(config.master.secret);
    if (!keys.ok) throw new StartRefused(`${keys.error.cause} ${keys.error.fix}`);
    const { applied } = await migrate(database, {
      onStep: ({ name, number, of }) =>
        deps.onNote?.(`bringing the database up to date, ${number} of ${of}: ${name}.`),
    });
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
    await letGo(reached);
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
