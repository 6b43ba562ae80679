import {
  AbortedTransactionError,
  DefaultQueryExecutor,
  DummyDriver,
  PostgresAdapter,
  PostgresDialect,
  PostgresQueryCompiler,
  Transaction,
  type CompiledQuery,
  type DatabaseConnection,
  type QueryResult,
} from 'kysely';
import type pg from 'pg';

import type { Tx } from './database.ts';

/** Transactions whose statements are sent before those before them are answered. */
export interface Groups {
  /** One transaction. */
  run<Value>(work: (tx: Tx) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

/** More kinds of statements than groups have; what comes after is planned each time. */
const namedMax = 500;
const changing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/**
 * Kysely lets one statement of a transaction run at a time. A group has some twenty, most of which
 * need no answer before the next one: sent together they cost one wake-up of the server instead of
 * twenty. The pool's connections must be made with `pipeline: true`; with `begin` each begins.
 */
export function createGroups(pool: pg.Pool, begin: string): Groups {
  const nameOf = createNames();

  const connectionOn = (client: pg.PoolClient): DatabaseConnection => {
    const send = createSender(client);
    return {
      executeQuery: async <Row>({
        sql: text,
        parameters,
      }: CompiledQuery): Promise<QueryResult<Row>> => {
        const values = [...parameters];
        const { command, rowCount, rows } = await send<Row & pg.QueryResultRow>(
          values.length === 0 ? { text } : { name: nameOf(text), text, values },
        );
        return changing.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
      },
      streamQuery: () => {
        throw new Error('a group is not read as a stream');
      },
    };
  };

  return {
    run: async (work) => {
      const client = await pool.connect();
      const send = createSender(client);
      let broken = false;
      try {
        // It fails only where everything after it fails as well.
        const begun = send({ text: begin });
        begun.catch(() => undefined);
        const value = await work(transactionOn(connectionOn(client)));
        await begun;
        const { command } = await send({ text: 'commit' });
        // So the server ends a transaction in which a statement has failed.
        if (command === 'ROLLBACK') throw new AbortedTransactionError();
        return value;
      } catch (error) {
        broken = !(await isTakenBack(client));
        throw error;
      } finally {
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}

/** False where the connection is of no more use. */
async function isTakenBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

function transactionOn(connection: DatabaseConnection): Tx {
  const driver = new DummyDriver();
  const dialect = new PostgresDialect({ pool: () => Promise.reject(new Error('no pool')) });
  const executor = new DefaultQueryExecutor(new PostgresQueryCompiler(), new PostgresAdapter(), {
    provideConnection: (consumer) => consumer(connection),
  });
  return new Transaction({ config: { dialect }, driver, dialect, executor });
}

/** A statement is read and planned once on each connection, under one name on all of them. */
function createNames(): (text: string) => string | undefined {
  const names = new Map<string, string>();
  return (text) => {
    const known = names.get(text);
    if (known !== undefined || names.size >= namedMax) return known;
    const name = `s${names.size}`;
    names.set(text, name);
    return name;
  };
}

interface Corkable {
  cork(): void;
  uncork(): void;
}
const isCorkable = (stream: unknown): stream is Corkable =>
  typeof stream === 'object' && stream !== null && 'cork' in stream && 'uncork' in stream;

/** What is said in one turn goes out in one write. */
function createSender(client: pg.PoolClient) {
  const stream: unknown = Reflect.get(Reflect.get(client, 'connection') ?? {}, 'stream');
  let isHeld = false;
  const hold = (): void => {
    if (isHeld || !isCorkable(stream)) return;
    isHeld = true;
    stream.cork();
    process.nextTick(() => {
      isHeld = false;
      stream.uncork();
    });
  };
  return <Row extends pg.QueryResultRow>(config: pg.QueryConfig): Promise<pg.QueryResult<Row>> => {
    hold();
    return client.query<Row>(config);
  };
}
