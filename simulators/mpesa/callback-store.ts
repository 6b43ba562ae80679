import { type EpochMs, invariant } from '#kernel';
import {
  numberIn,
  optionalNumberIn,
  optionalTextIn,
  type Row,
  type Store,
  textIn,
  totalIn,
} from './store.ts';

/** `interrupted`: the process died while it was being sent; it may have arrived or not. */
export type CallbackState = 'pending' | 'dropped' | 'sending' | 'sent' | 'failed' | 'interrupted';

export interface CallbackRecord {
  readonly id: number;
  readonly kind: string;
  readonly correlation: string;
  readonly url: string;
  readonly shortCodeHeader: string | undefined;
  readonly body: string;
  readonly state: string;
  readonly dueAt: EpochMs;
  readonly attemptedAt: EpochMs | undefined;
  readonly httpStatus: number | undefined;
  readonly error: string | undefined;
}

export interface NewCallbackRow {
  readonly kind: string;
  readonly correlation: string;
  readonly url: string;
  readonly shortCodeHeader?: string;
  readonly body: string;
  readonly state: CallbackState;
  readonly createdAt: EpochMs;
  readonly dueAt: EpochMs;
  readonly attemptedAt?: EpochMs;
}

export interface CallbackRows {
  add(row: NewCallbackRow): CallbackRecord;
  /** Marks it as tried and hands it out; nothing when somebody took it before. */
  take(id: number, at: EpochMs): CallbackRecord | undefined;
  /** Puts it back until `dueAt`, once, unless another one is already waiting to be overtaken. */
  hold(id: number, dueAt: EpochMs): boolean;
  heldBesides(id: number): number | undefined;
  noteEnd(id: number, end: { httpStatus: number } | { error: string }): void;
  /** What an earlier run left to be sent. Whatever it was sending is not sent again. */
  takeUp(): readonly { id: number; dueAt: EpochMs }[];
  recent(limit: number): readonly CallbackRecord[];
}

const rowsKeptMax = 20_000;

function recordFrom(row: Row): CallbackRecord {
  return {
    id: numberIn(row, 'id'),
    kind: textIn(row, 'kind'),
    correlation: textIn(row, 'correlation'),
    url: textIn(row, 'url'),
    shortCodeHeader: optionalTextIn(row, 'short_code_header'),
    body: textIn(row, 'body'),
    state: textIn(row, 'state'),
    dueAt: numberIn(row, 'due_at'),
    attemptedAt: optionalNumberIn(row, 'attempted_at'),
    httpStatus: optionalNumberIn(row, 'http_status'),
    error: optionalTextIn(row, 'error'),
  };
}

function insert(store: Store, row: NewCallbackRow): CallbackRecord {
  const inserted = store.first(
    `insert into callbacks (kind, correlation, url, short_code_header, body, state, created_at,
       due_at, attempted_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning *`,
    row.kind,
    row.correlation,
    row.url,
    row.shortCodeHeader ?? null,
    row.body,
    row.state,
    row.createdAt,
    row.dueAt,
    row.attemptedAt ?? null,
  );
  invariant(inserted !== undefined, 'an inserted callback can be read');
  return recordFrom(inserted);
}

/** Keeps the newest; everything still to be sent stays whatever its age. */
function prune(store: Store): void {
  const newest = totalIn(store.first('select coalesce(max(id), 0) as total from callbacks'));
  store.run(`delete from callbacks where id <= ? and state <> 'pending'`, newest - rowsKeptMax);
}

export function createCallbackRows(store: Store): CallbackRows {
  return {
    add: (row) => insert(store, row),
    take: (id, at) => {
      const row = store.first(
        `update callbacks set state = 'sending', attempted_at = ?
         where id = ? and state = 'pending' returning *`,
        at,
        id,
      );
      return row === undefined ? undefined : recordFrom(row);
    },
    hold: (id, dueAt) =>
      store.run(
        `update callbacks set is_held = 1, due_at = ?
         where id = ? and state = 'pending' and is_held = 0
           and not exists (select 1 from callbacks where state = 'pending' and is_held = 1)`,
        dueAt,
        id,
      ) === 1,
    heldBesides: (id) => {
      const row = store.first(
        `select id from callbacks where state = 'pending' and is_held = 1 and id <> ? limit 1`,
        id,
      );
      return row === undefined ? undefined : numberIn(row, 'id');
    },
    noteEnd: (id, end) =>
      void store.run(
        'update callbacks set state = ?, http_status = ?, error = ? where id = ?',
        'error' in end ? 'failed' : 'sent',
        'error' in end ? null : end.httpStatus,
        'error' in end ? end.error : null,
        id,
      ),
    takeUp: () => {
      store.run(`update callbacks set state = 'interrupted' where state = 'sending'`);
      prune(store);
      return store
        .all(`select id, due_at from callbacks where state = 'pending' order by due_at, id`)
        .map((row) => ({ id: numberIn(row, 'id'), dueAt: numberIn(row, 'due_at') }));
    },
    recent: (limit) =>
      store.all('select * from callbacks order by id desc limit ?', limit).map(recordFrom),
  };
}
