import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import type { StatementSync } from 'node:sqlite';
import { invariant } from '#kernel';
import { schema } from './schema.ts';

export type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * The simulator's memory. WAL survives a killed process at any statement; `exclusive` makes a
 * second simulator on the same folder fail at start instead of delivering everything twice.
 */
export interface Store {
  readonly folder: string;
  all(sql: string, ...values: SQLInputValue[]): readonly Row[];
  first(sql: string, ...values: SQLInputValue[]): Row | undefined;
  /** Answers how many rows changed. */
  run(sql: string, ...values: SQLInputValue[]): number;
  /** All or nothing; a transaction inside another joins it. */
  transaction<Value>(work: () => Value): Value;
  fact(name: string): string | undefined;
  setFact(name: string, value: string): void;
  /** The next number of a durable series, so that ids never repeat over restarts. */
  next(series: string): number;
  close(): void;
}

export function openStore(path: string): Store {
  const folder = resolve(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = new DatabaseSync(join(folder, 'state.sqlite'));
  db.exec('pragma locking_mode = exclusive');
  db.exec('pragma journal_mode = wal');
  db.exec('pragma synchronous = normal');
  db.exec(schema);
  return storeOver(db, folder);
}

function storeOver(db: DatabaseSync, folder: string): Store {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const fresh = db.prepare(sql);
    statements.set(sql, fresh);
    return fresh;
  };
  let isInTransaction = false;
  const transaction = <Value>(work: () => Value): Value => {
    if (isInTransaction) return work();
    isInTransaction = true;
    db.exec('begin immediate');
    try {
      const value = work();
      db.exec('commit');
      return value;
    } catch (defect) {
      db.exec('rollback');
      throw defect;
    } finally {
      isInTransaction = false;
    }
  };
  const first: Store['first'] = (sql, ...values) => prepared(sql).get(...values);
  const run: Store['run'] = (sql, ...values) => Number(prepared(sql).run(...values).changes);
  return {
    folder,
    all: (sql, ...values) => prepared(sql).all(...values),
    first,
    run,
    transaction,
    fact: (name) => {
      const row = first('select value from facts where name = ?', name);
      return row === undefined ? undefined : textIn(row, 'value');
    },
    setFact: (name, value) =>
      void run('insert or replace into facts (name, value) values (?, ?)', name, value),
    next: (series) => {
      const row = first(
        `insert into series (name, last) values (?, 1)
         on conflict (name) do update set last = last + 1 returning last`,
        series,
      );
      invariant(row !== undefined, 'a series always has a next number');
      return numberIn(row, 'last');
    },
    close: () => db.close(),
  };
}

export function textIn(row: Row, column: string): string {
  const value = row[column];
  invariant(typeof value === 'string', `column ${column} holds text`);
  return value;
}

export function numberIn(row: Row, column: string): number {
  const value = row[column];
  invariant(typeof value === 'number', `column ${column} holds a number`);
  return value;
}

export function optionalTextIn(row: Row, column: string): string | undefined {
  const value = row[column];
  invariant(value === null || typeof value === 'string', `column ${column} holds text or nothing`);
  return value ?? undefined;
}

export function optionalNumberIn(row: Row, column: string): number | undefined {
  const value = row[column];
  invariant(value === null || typeof value === 'number', `column ${column} is a number or nothing`);
  return value ?? undefined;
}

/** The single number of a one-row aggregate. */
export function totalIn(row: Row | undefined): number {
  invariant(row !== undefined, 'an aggregate answers one row');
  return numberIn(row, 'total');
}
