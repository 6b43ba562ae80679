import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';

import { invariant } from '#kernel';

import { schema } from './schema.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

export interface Store {
  run(sql: string, ...values: readonly SQLInputValue[]): void;
  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined;
  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[];
  /** All of `work` or nothing; inside another transaction it joins that one. */
  transact<Value>(work: () => Value): Value;
  /** Runs `task` once the transaction around it is durable, and never if it is undone. */
  onCommit(task: () => void): void;
  /** Counts up for ever, across restarts. */
  next(counter: string): number;
  close(): void;
}

/**
 * A killed process loses nothing: WAL pages are in the operating system's hands once a transaction
 * has committed. `exclusive` keeps a second process off the same state.
 */
export function openStore(stateDir: string, { exclusive = false } = {}): Store {
  mkdirSync(stateDir, { recursive: true });
  const db = openDatabase(join(stateDir, 'airtel.sqlite'), exclusive);
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const statement = (sql: string): ReturnType<DatabaseSync['prepare']> => {
    const known = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, known);
    return known;
  };
  let depth = 0;
  let committed: (() => void)[] = [];

  const transact = <Value>(work: () => Value): Value => {
    if (depth > 0) return work();
    db.exec('begin immediate');
    depth = 1;
    try {
      const value = work();
      db.exec('commit');
      return value;
    } catch (defect) {
      committed = [];
      db.exec('rollback');
      throw defect;
    } finally {
      depth = 0;
      const tasks = committed;
      committed = [];
      for (const task of tasks) task();
    }
  };

  return {
    run: (sql, ...values) => void statement(sql).run(...values),
    get: (sql, ...values) => statement(sql).get(...values),
    all: (sql, ...values) => statement(sql).all(...values),
    transact,
    onCommit: (task) => {
      invariant(depth > 0, 'a task waits for the commit of a transaction');
      committed.push(task);
    },
    next: (counter) =>
      numberIn(
        statement(
          `insert into meta values (?, 1)
             on conflict (name) do update set value = value + 1 returning value`,
        ).get(counter),
        'value',
      ),
    close: () => db.close(),
  };
}

function openDatabase(file: string, exclusive: boolean): DatabaseSync {
  const db = new DatabaseSync(file, { readBigInts: true });
  try {
    if (exclusive) db.exec('pragma locking_mode = exclusive');
    db.exec('pragma journal_mode = wal; pragma synchronous = normal');
    db.exec(schema);
    return db;
  } catch (problem) {
    db.close();
    const isLocked = problem instanceof Error && problem.message.includes('locked');
    if (!isLocked) throw problem;
    throw new Error(`the state in ${file} is in use by another process`, { cause: problem });
  }
}

export function textIn(row: Row | undefined, column: string): string {
  const value = row?.[column];
  invariant(typeof value === 'string', `column ${column} is text`);
  return value;
}

export function numberIn(row: Row | undefined, column: string): number {
  return Number(minorIn(row, column));
}

export function minorIn(row: Row | undefined, column: string): bigint {
  const value = row?.[column];
  invariant(typeof value === 'bigint', `column ${column} is a whole number`);
  return value;
}

export const flagIn = (row: Row | undefined, column: string): boolean =>
  minorIn(row, column) === 1n;

export function optionalTextIn(row: Row | undefined, column: string): string | undefined {
  return row?.[column] === null ? undefined : textIn(row, column);
}

export function optionalNumberIn(row: Row | undefined, column: string): number | undefined {
  return row?.[column] === null ? undefined : numberIn(row, column);
}
