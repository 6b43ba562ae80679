import { Kysely, PostgresDialect, sql, type PostgresPool, type Transaction } from 'kysely';
import pg from 'pg';

import { tellingAfterwards } from './after-commit.ts';
import { isRetryable } from './errors.ts';
import { asGroup } from './group-steps.ts';
import { createGroups } from './groups.ts';
import { hopingWith } from './hope.ts';
import { momentOf } from './moment.ts';

/** Tables are known to the stores that own them, not to the query builder. */
type Schema = Record<string, never>;
export type Executor = Kysely<Schema>;
export type Tx = Transaction<Schema>;

export interface Database {
  /** For single statements. */
  readonly executor: Executor;
  /** Runs `work` in one transaction, again on a serialisation failure or deadlock. */
  transaction<Value>(work: (tx: Tx) => Promise<Value>): Promise<Value>;
  /**
   * The same for a group of rows, on connections of its own: statements are planned once and find
   * rows by their keys alone, what goes `alongside` is not waited for, and what `lastly` puts off
   * is done just before the commit, so that the rows which every group changes are held for that
   * long only. A group that inserts what is known already is run a second time (`unlessKnown`).
   */
  groupTransaction<Value>(work: (tx: Tx) => Promise<Value>): Promise<Value>;
  /**
   * Reads everything as of one moment, and changes nothing. What is read `abreast` is sent
   * together: twenty statements are then one wait instead of twenty.
   */
  snapshot<Value>(read: (tx: Tx) => Promise<Value>): Promise<Value>;
  /** Listens to a channel until closed or cut off. Only a hint: poll as well. */
  listen(channel: string, listener: NoticeListener): Promise<{ close(): Promise<void> }>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface NoticeListener {
  /** Called with what the notice says. */
  readonly onNotice: (said: string) => void;
  /** No further notice will come: the connection is gone, whoever ended it. */
  readonly onEnd: () => void;
}

export interface DatabaseOptions {
  readonly connectionString: string;
  readonly connectionsMax?: number;
  /** Of those that groups are written on. */
  readonly groupConnectionsMax?: number;
  /** How long to wait for a connection, a free one or a new one. */
  readonly connectTimeoutMs?: number;
  /** Told of connections that broke, each once. */
  readonly onLost?: (error: Error) => void;
  /**
   * Stands before the connections: a simulation decides there who runs when, and who never. All
   * statements then go one by one.
   */
  readonly through?: (pool: PostgresPool) => PostgresPool;
}

const attemptsMax = 5;
const connectTimeoutMsUsual = 3_000;
const connectionsMaxUsual = { any: 10, groups: 3 } as const;

// Of groups: plans are kept for good, so none may hang on how full a table was when it was made.
const usualOptions = '-c timezone=UTC';
const groupOptions = `${usualOptions} -c plan_cache_mode=force_generic_plan -c enable_seqscan=off`;

const beginSnapshot = 'begin isolation level repeatable read read only';

type Run = <Value>(work: (tx: Tx) => Promise<Value>) => Promise<Value>;

// bigint for int8 (money, ids), epoch milliseconds for timestamptz, text for date.
const parsers = new Map<number, (text: string) => unknown>([
  [pg.types.builtins.INT8, (text) => BigInt(text)],
  [pg.types.builtins.NUMERIC, (text) => BigInt(text)],
  [pg.types.builtins.DATE, (text) => text],
  [pg.types.builtins.TIMESTAMPTZ, momentOf],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ?? pg.types.getTypeParser(oid, format),
};

export function createDatabase(options: DatabaseOptions): Database {
  const connectTimeoutMs = options.connectTimeoutMs ?? connectTimeoutMsUsual;

  const openPool = (config: pg.PoolConfig): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: options.connectionString,
      connectionTimeoutMillis: connectTimeoutMs,
      types,
      ...config,
    });
    // A connection that breaks tells its user by failing the statement, and its own listener below;
    // the pool repeats the event for idle ones, and without a listener the process would end.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', (error) => options.onLost?.(error)));
    return pool;
  };
  const { connectionsMax = connectionsMaxUsual.any, through } = options;
  // Only snapshots send one statement before the last is answered; all else goes as it always did.
  const open = openPool({ max: connectionsMax, options: usualOptions, pipeline: true });
  const pool: PostgresPool = through?.(open) ?? open;
  const executor = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
  const { groupConnectionsMax = connectionsMaxUsual.groups } = options;
  const openForGroups = (): pg.Pool =>
    openPool({ max: groupConnectionsMax, options: groupOptions, pipeline: true });
  const groups = through === undefined ? createGroups(openForGroups(), 'begin') : undefined;
  const snapshots = through === undefined ? createGroups(open, beginSnapshot) : undefined;

  const runOnce: Run = (work) => executor.transaction().execute(work);
  const persistently =
    (run: Run): Run =>
    async (work) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await tellingAfterwards((keep) =>
            run((tx) => {
              keep(tx);
              return work(tx);
            }),
          );
        } catch (error) {
          if (attempt >= attemptsMax || !isRetryable(error)) throw error;
        }
      }
    };
  const runGroup = hopingWith(persistently(groups?.run ?? runOnce));
  const runSnapshot: Run = (read) =>
    executor
      .transaction()
      .setIsolationLevel('repeatable read')
      .setAccessMode('read only')
      .execute(read);

  return {
    executor,
    transaction: persistently(runOnce),
    groupTransaction: (work) => runGroup(asGroup(work, { overtakes: groups !== undefined })),
    snapshot: (read) =>
      (snapshots?.run ?? runSnapshot)(asGroup(read, { overtakes: snapshots !== undefined })),
    listen: async (channel, { onNotice, onEnd }) => {
      const client = new pg.Client({
        connectionString: options.connectionString,
        connectionTimeoutMillis: connectTimeoutMs,
        keepAlive: true,
        types,
      });
      client.on('error', (error) => options.onLost?.(error));
      client.on('notification', ({ payload = '' }) => onNotice(payload));
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
    close: async () => {
      await Promise.all([executor.destroy(), groups?.close()]);
    },
  };
}
