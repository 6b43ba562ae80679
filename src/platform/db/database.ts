import { Kysely, PostgresDialect, sql, type PostgresPool, type Transaction } from 'kysely';
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
  /** Reads everything as of one moment, and changes nothing. */
  snapshot<Value>(read: (tx: Tx) => Promise<Value>): Promise<Value>;
  /** Listens to a channel until closed or cut off. Only a hint: poll as well. */
  listen(channel: string, listener: NoticeListener): Promise<{ close(): Promise<void> }>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface NoticeListener {
  readonly onNotice: () => void;
  /** No further notice will come: the connection is gone, whoever ended it. */
  readonly onEnd: () => void;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  readonly connectionsMax?: number;
  /** How long to wait for a connection, a free one or a new one. */
  readonly connectTimeoutMs?: number;
  /** Told of connections that broke, each once. */
  readonly onLost?: (error: Error) => void;
  /** Stands before the connections: a simulation decides there who runs when, and who never. */
  readonly through?: (pool: PostgresPool) => PostgresPool;
}

const attemptsMax = 5;
const connectTimeoutMsUsual = 3_000;

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
  const connectTimeoutMs = options.connectTimeoutMs ?? connectTimeoutMsUsual;
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    max: options.connectionsMax ?? 10,
    connectionTimeoutMillis: connectTimeoutMs,
    types,
    options: '-c timezone=UTC',
  });
  // A connection that breaks tells its user by failing the statement, and its own listener below;
  // the pool repeats the event for idle ones, and without a listener the process would end.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', (error) => options.onLost?.(error)));
  const connections = options.through?.(pool) ?? pool;
  const executor = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: connections }) });

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
    snapshot: (read) =>
      executor
        .transaction()
        .setIsolationLevel('repeatable read')
        .setAccessMode('read only')
        .execute(read),
    listen: async (channel, { onNotice, onEnd }) => {
      const client = new pg.Client({
        connectionString: options.connectionString,
        connectionTimeoutMillis: connectTimeoutMs,
        keepAlive: true,
        types,
      });
      client.on('error', (error) => options.onLost?.(error));
      client.on('notification', onNotice);
      client.on('end', onEnd);
      try {
        await client.connect();
        await client.query(`listen ${client.escapeIdentifier(channel)}`);
      } catch (error) {
        await client.end().catch(() => undefined);
        throw error;
      }
      return { close: () => client.end() };
    },
    ping: async () => {
      await sql`select 1`.execute(executor);
    },
    close: () => executor.destroy(),
  };
}
