import { Kysely, PostgresDialect, type Transaction } from 'kysely';
import pg from 'pg';

import { isRetryable } from './errors.ts';

/** Tables are known to the stores that own them, not to the query builder. */
type Schema = Record<string, never>;
export type Executor = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export interface Database {
  /** For single statements. */
  readonly executor: Executor;
  /** Runs `work` in one transaction, again on a serialisation failure or deadlock. */
  transaction<Value>(work: (tx: Tx) => Promise<Value>): Promise<Value>;
  /** Calls `onNotice` for every notice on the channel until closed. Only a hint: poll as well. */
  listen(channel: string, onNotice: () => void): Promise<{ close(): Promise<void> }>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  readonly connectionsMax?: number;
  /** Told of connections that broke while idle. */
  readonly onLost?: (error: Error) => void;
}

const attemptsMax = 5;
const connectTimeoutMs = 3_000;

// bigint for int8 (money, ids), epoch milliseconds for timestamptz, text for date.
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, (text) => BigInt(text)],
  [pg.types.builtins.NUMERIC, (text) => BigInt(text)],
  [pg.types.builtins.DATE, (text) => text],
  [pg.types.builtins.TIMESTAMPTZ, (text) => epochOf(text)],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format),
};

/** `2026-11-23 07:49:00.123+03` → epoch milliseconds. */
const epochOf = (text: string): number =>
  Temporal.Instant.from(text.replace(' ', 'T')).epochMilliseconds;

export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    types,
    options: '-c timezone=UTC',
  });
  pool.on('error', (error) => options.onLost?.(error));
  // A connection that breaks while it is checked out tells its user by failing the next statement;
  // the event itself must have a listener, or the process ends.
  pool.on('connect', (client) => client.on('error', (error) => options.onLost?.(error)));
  const executor = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });

  const transaction = async <Value>(work: (tx: Tx) => Promise<Value>): Promise<Value> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await executor.transaction().execute(work);
      } catch (error) {
        if (attempt >= attemptsMax || !isRetryable(error)) throw error;
      }
    }
  };

  return {
    executor,
    transaction,
    listen: async (channel, onNotice) => {
      const client = new pg.Client({ connectionString: options.connectionString, types });
      client.on('error', (error) => options.onLost?.(error));
      client.on('notification', onNotice);
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
      return { close: () => client.end() };
    },
    ping: async () => {
      await pool.query('select 1');
    },
    close: () => executor.destroy(),
  };
}
