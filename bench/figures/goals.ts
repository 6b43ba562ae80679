/** A figure that has to lie on one side of a limit; without one, any figure will do. */
export interface Limit {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** One goal of docs/performance.md; `must` decides about the exit code. */
export interface Goal {
  readonly id: GoalId;
  readonly what: string;
  readonly unit: string;
  readonly must: Limit;
  readonly moonshot: Limit;
}

const goal = (
  what: string,
  unit: string,
  limits: { readonly must: Limit; readonly moonshot: Limit },
) => ({ what, unit, ...limits });
const atLeast = (must: number, moonshot: number) => ({
  must: { atLeast: must },
  moonshot: { atLeast: moonshot },
});
const atMost = (must: number, moonshot: number) => ({
  must: { atMost: must },
  moonshot: { atMost: moonshot },
});

const definitions = {
  P1: goal('sustained durable callbacks', '/s', atLeast(6_000, 12_000)),
  'P1-p99': goal('p99 at an open rate', 'ms', { must: {}, moonshot: { atMost: 100 } }),
  P2: goal('callbacks/s ÷ PostgreSQL only, N = 64', '×', atLeast(0.6, 0.8)),
  P3: goal('CPU ÷ (echo + PostgreSQL only)', '×', atMost(1.35, 1.15)),
  'P4-tutorial': goal('× a tutorial of two statements', '×', atLeast(4, 6)),
  'P4-transaction': goal('× one transaction with ledger', '×', atLeast(12, 20)),
  'P4-chain': goal('× the same with a hash chain', '×', atLeast(15, 30)),
  'P5-p50': goal('half load: p50 ÷ fdatasync', '×', atMost(20, 12)),
  'P5-p99': goal('half load: p99 ÷ fdatasync', '×', atMost(250, 100)),
  P6: goal('one at a time ÷ fdatasync', '×', atMost(10, 5)),
  'P7-cpu': goal('PostgreSQL CPU per callback, big ÷ small', '×', atMost(1.25, 1.15)),
  'P7-wal': goal('WAL per callback, big ÷ small', '×', atMost(2, 1.3)),
  P8: goal('stored per callback', 'bytes', atMost(1_600, 1_100)),
  'P9-read': goal('worst p99 of the lists while callbacks come', 'ms', atMost(50, 15)),
  'P9-first': goal('first load to rows on screen', 'ms', atMost(1_000, 300)),
  'P10-news': goal('commit to event, p99, 1,000 dashboards', 'ms', atMost(150, 75)),
  'P10-loss': goal('callback capacity lost to dashboards', '%', atMost(15, 5)),
  'P11-process': goal('start to first durable 200', 's', atMost(0.5, 0.2)),
  'P11-empty': goal('the same on an empty machine', 's', atMost(5, 2.5)),
  'P11-crash': goal('the same after kill -9 at full load', 's', atMost(15, 5)),
  'P12-idle': goal('memory when idle', 'MB', atMost(120, 90)),
  'P12-half': goal('memory at half load', 'MB', atMost(200, 130)),
  'P12-full': goal('memory saturated, 512 connections', 'MB', atMost(350, 200)),
  'P12-growth': goal('memory growth while running', '%', atMost(10, 2)),
  'P13-lost': goal('kill -9: acknowledged and lost', '', atMost(0, 0)),
  'P13-doubled': goal('kill -9: booked twice', '', atMost(0, 0)),
  'P13-unbalanced': goal('kill -9: statements that do not prove', '', atMost(0, 0)),
  'P13-audit': goal('kill -9: audit records that do not verify', '', atMost(0, 0)),
  'P14-some': goal('a few redeliveries ÷ none, CPU', '×', atMost(1.3, 1.1)),
  'P14-all': goal('nothing but redeliveries ÷ none, CPU', '×', atMost(0.7, 0.5)),
  'P14-refused': goal('redeliveries not answered 200', '', atMost(0, 0)),
  P15: goal('neighbours of a poisoned callback affected', '', atMost(0, 0)),
  P16: goal('payouts/s ÷ callbacks/s', '×', atLeast(0.35, 0.5)),
  D1: goal('JavaScript of the screen’s first load, gzip', 'kB', atMost(180, 150)),
  D2: goal('largest contentful paint, 4 × slower', 'ms', atMost(1_000, 500)),
  D3: goal('books to figure on the screen, p95', 'ms', atMost(500, 150)),
} as const;

export type GoalId = keyof typeof definitions;

export const goalIds = Object.keys(definitions).flatMap((id) => (isGoalId(id) ? [id] : []));
export const goalOf = (id: GoalId): Goal => ({ id, ...definitions[id] });

function isGoalId(id: string): id is GoalId {
  return Object.hasOwn(definitions, id);
}

export const isWithin = (value: number, { atLeast: low, atMost: high }: Limit): boolean =>
  !Number.isNaN(value) &&
  (low === undefined || value >= low) &&
  (high === undefined || value <= high);
