import type { Limit } from './goals.ts';
import type { Judged } from './verdict.ts';
import { medianOf, spreadOf } from './statistics.ts';

/** What one measured stretch of one contestant gave. */
export interface Stretch {
  readonly perSecond: number;
  readonly nodeUs: number;
  readonly databaseUs: number;
  readonly generatorUs: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  /** Answers other than 200, and requests that were never answered. */
  readonly bad: number;
  /** Cores that others used meanwhile. */
  readonly otherCores: number;
  /** Others used too much in every attempt. */
  readonly disturbed: boolean;
}

/** Columns are as wide as their widest cell; all but the first are aligned to the right. */
export function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length)),
  );
  const cellOf = (text: string, column: number): string => {
    const blank = ' '.repeat(Math.max(0, (widths[column] ?? 0) - [...text].length));
    return column === 0 ? `${text}${blank}` : `${blank}${text}`;
  };
  return rows.map((row) => row.map(cellOf).join('  ').trimEnd()).join('\n');
}

const whole = (value: number): string =>
  Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en');

/** Three digits that count, whatever the size. */
export const short = (value: number): string => {
  if (Number.isNaN(value)) return '–';
  if (value === 0 || Math.abs(value) >= 100) return whole(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

const headings = [
  'what',
  '/s',
  '[min..max]',
  'node µs',
  'pg µs',
  'gen µs',
  'p50 ms',
  'p99 ms',
  'max ms',
  'bad',
  'other',
];

/** One line a contestant: medians of its rounds. `*` marks what others disturbed. */
export function stretchTable(
  contestants: readonly (readonly [name: string, stretches: readonly Stretch[]])[],
): string {
  const rows = contestants.map(([name, stretches]) => {
    const medianBy = (read: (stretch: Stretch) => number): number => medianOf(stretches.map(read));
    const rate = spreadOf(stretches.map(({ perSecond }) => perSecond));
    return [
      stretches.some(({ disturbed }) => disturbed) ? `${name} *` : name,
      whole(rate.median),
      `[${whole(rate.min)}..${whole(rate.max)}]`,
      short(medianBy(({ nodeUs }) => nodeUs)),
      short(medianBy(({ databaseUs }) => databaseUs)),
      short(medianBy(({ generatorUs }) => generatorUs)),
      short(medianBy(({ p50Us }) => p50Us / 1_000)),
      short(medianBy(({ p99Us }) => p99Us / 1_000)),
      short(Math.max(...stretches.map(({ maxUs }) => maxUs / 1_000))),
      whole(stretches.reduce((sum, { bad }) => sum + bad, 0)),
      medianBy(({ otherCores }) => otherCores).toFixed(2),
    ];
  });
  return tableOf([headings, ...rows]);
}

function limitText({ atLeast, atMost }: Limit): string {
  if (atLeast !== undefined) return `≥ ${short(atLeast)}`;
  return atMost === undefined ? '–' : `≤ ${short(atMost)}`;
}

export const goalTable = (judged: readonly Judged[]): string =>
  tableOf([
    ['goal', 'what', 'figure', '[min..max]', 'must', 'moonshot', 'verdict'],
    ...judged.map(({ goal, verdict, median, min, max, note }) => [
      goal.id,
      note === undefined ? goal.what : `${goal.what} (${note})`,
      `${short(median)} ${goal.unit}`.trimEnd(),
      `[${short(min)}..${short(max)}]`,
      limitText(goal.must),
      limitText(goal.moonshot),
      verdict,
    ]),
  ]);
