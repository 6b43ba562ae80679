import { tableOf } from './table.ts';

/** What a table or an index takes up. */
export interface RelationSize {
  readonly table: string;
  readonly name: string;
  readonly bytes: number;
  /** Holds what is under way only: how big it is says nothing about how much there is. */
  readonly isPassing: boolean;
}

export interface SizesEach {
  readonly sizes: readonly RelationSize[];
  readonly callbacks: number;
}

/** How far a table with its indexes may be from what it would have become by itself. */
const differenceMax = 0.1;
/** Below that, single pages count. */
const bytesEachMin = 20;

interface Pair {
  readonly table: string;
  readonly name: string;
  readonly grown: number;
  readonly seeded: number;
  readonly isPassing: boolean;
}

function pairsOf(grown: SizesEach, seeded: SizesEach): readonly Pair[] {
  const before = new Map(grown.sizes.map(({ name, bytes }) => [name, bytes]));
  return seeded.sizes.map(({ table, name, bytes, isPassing }) => ({
    table,
    name,
    isPassing,
    grown: (before.get(name) ?? 0) / grown.callbacks,
    seeded: bytes / seeded.callbacks,
  }));
}

/** Bytes a callback of rows that came one by one, and of rows that were put in by the set. */
export function sizeTable(grown: SizesEach, seeded: SizesEach): string {
  const rows = pairsOf(grown, seeded).filter((pair) => Math.max(pair.grown, pair.seeded) >= 1);
  return tableOf([
    ['bytes a callback', 'one by one', 'by the set', '×'],
    ...rows.map((pair) => [
      pair.isPassing ? `(${pair.name})` : pair.name,
      pair.grown.toFixed(1),
      pair.seeded.toFixed(1),
      (pair.seeded / pair.grown).toFixed(2),
    ]),
  ]);
}

/** Tables that, with their indexes, are not as big as rows that came one by one would be. */
export function differingSizes(grown: SizesEach, seeded: SizesEach): readonly string[] {
  const byTable = new Map<string, { grown: number; seeded: number }>();
  for (const pair of pairsOf(grown, seeded)) {
    if (pair.isPassing) continue;
    const sum = byTable.get(pair.table) ?? { grown: 0, seeded: 0 };
    byTable.set(pair.table, { grown: sum.grown + pair.grown, seeded: sum.seeded + pair.seeded });
  }
  return [...byTable].flatMap(([table, sum]) => {
    if (Math.max(sum.grown, sum.seeded) < bytesEachMin) return [];
    const ratio = sum.seeded / sum.grown;
    return Math.abs(ratio - 1) <= differenceMax
      ? []
      : [`${table} has ${ratio.toFixed(2)} × the bytes a callback that it should have`];
  });
}
