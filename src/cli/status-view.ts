import type { Status } from '#api/contract';
import { railIds, railNames, type EpochMs } from '#kernel';

import { percentOf, progressBar, signs } from './bar.ts';
import { factSheet, flow, spread, wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { table } from './table.ts';
import { skyLines } from './weather-view.ts';
import {
  clockTime,
  counted,
  dayAndTime,
  duration,
  epochOf,
  figure,
  kes,
  shortNames,
  transferWords,
} from './words.ts';

/** Figures older than two snapshots are called old. */
export const staleAfterMs = 60 * 1000;

const barCellsMax = 60;
const kindNames = { ...railNames, combined: 'Together' } as const;
type Kind = keyof typeof kindNames;
const kinds: readonly Kind[] = [...railIds, 'combined'];

type Pace = Status['pace']['combined'];

const paceWords = (pace: Pace): string =>
  ({
    ahead: `ahead of a usual day by ${kes(pace.ahead)}`,
    'on-pace': 'on pace with a usual day',
    behind: `behind a usual day by ${kes(-pace.ahead)}`,
  })[pace.state];

function paceLine(pace: Pace, pen: Pen): string {
  const words = paceWords(pace);
  return pace.state === 'behind' ? pen.caution(words) : pen.good(words);
}

function goalOf(status: Status, kind: Kind, pen: Pen): readonly string[] {
  const amount = status.today[kind];
  const target = status.targets.daily[kind];
  const pace = status.pace[kind];
  const minimum = status.minimum[kind];
  const percent = `${percentOf(amount, target)} %`;
  const head = `${pen.strong(kindNames[kind])}  ${kes(amount)} of ${figure(target)}`;
  const gap = status.gap[kind];
  const bar = progressBar(
    { amount, target, expected: pace.expected, minimum },
    Math.min(pen.columns, barCellsMax),
  );
  return [
    ...spread(head, percent, Math.min(pen.columns, barCellsMax)),
    bar,
    ...flow(
      [
        gap > 0 ? `${kes(gap)} to go` : pen.good(`${marks.good} target reached`),
        paceLine(pace, pen),
        amount < minimum
          ? `minimum ${figure(minimum)}`
          : pen.good(`minimum ${figure(minimum)} met`),
        `total ${kes(status.total[kind])}`,
      ],
      pen.columns,
    ),
  ];
}

function streamsOf(status: Status, pen: Pen): readonly string[] {
  return table({
    columns: [
      { head: 'Stream' },
      { head: 'Rail' },
      { head: 'Today', align: 'right' },
      { head: 'Paid', align: 'right' },
    ],
    rows: status.streams.map((stream) => [
      stream.name,
      pen.columns < 60 ? shortNames[stream.rail] : railNames[stream.rail],
      figure(stream.today),
      String(stream.payments),
    ]),
    width: pen.columns,
  });
}

function exceptionLines(open: number, pen: Pen): readonly string[] {
  if (open === 0) return ['none'];
  const see = 'see them with: npx qmoi exceptions';
  return flow([pen.caution(`${marks.caution} ${open} open`), see], factColumns(pen));
}

function engineLines(status: Status, now: EpochMs, pen: Pen): readonly string[] {
  if (status.status === 'running') return [pen.good(`${marks.good} running`)];
  const { since, reason } = status.engine;
  return [
    pen.caution(`${marks.caution} switched off ${duration(now - epochOf(since))} ago: ${reason}`),
    ...wrap(
      'Money that comes in is still recorded and shown. Prompts and transfers wait until it is ' +
        'switched on again with',
      factColumns(pen),
    ),
    'POST /api/qmoi/revenue/start',
  ];
}

function healthLines({ health, startedAt }: Status, now: EpochMs, pen: Pen): readonly string[] {
  const { spooled, spoolNearlyFull } = health;
  const kept = `${counted(spooled, 'callback')} kept on disk until it is back`;
  const lines = [
    `up for ${duration(now - epochOf(startedAt))}`,
    health.database === 'up'
      ? pen.good(`${marks.good} database answers`)
      : pen.bad(`${marks.bad} database away`),
    ...(spooled > 0 ? [pen.caution(kept)] : []),
    ...(spoolNearlyFull
      ? [pen.bad(`${marks.bad} room for callbacks runs out: free the disk`)]
      : []),
  ];
  return flow(lines, factColumns(pen));
}

function freshness(status: Status, now: EpochMs, pen: Pen): string {
  const at = epochOf(status.updatedAt);
  const ageMs = now - at;
  const when = `updated ${clockTime(at)}`;
  return status.stale || ageMs > staleAfterMs
    ? pen.caution(`${when}, ${duration(ageMs)} old`)
    : pen.faint(when);
}

export function modeWords(mode: Status['mode'], pen: Pen): string {
  return mode === 'sandbox'
    ? pen.caution('SANDBOX · simulated, no real money')
    : pen.strong('LIVE · real money');
}

const factColumns = ({ columns }: Pen): number => (columns < 60 ? columns - 2 : columns - 14);

/** The whole standing of the business on one screen. */
export function statusView(status: Status, now: EpochMs, pen: Pen): readonly string[] {
  const width = Math.min(pen.columns, barCellsMax);
  return [
    ...spread(pen.strong(`QMOI Revenue ${status.version}`), dayAndTime(now), width),
    modeWords(status.mode, pen),
    '',
    ...kinds.flatMap((kind) => [...goalOf(status, kind, pen), '']),
    ...flow([`${signs.pace} a usual day by now`, `${signs.minimum} minimum`], pen.columns).map(
      pen.faint,
    ),
    '',
    ...streamsOf(status, pen),
    '',
    'Transfers to the owner',
    ...factSheet(
      railIds.map((rail) => ({
        name: shortNames[rail],
        lines: wrap(transferWords(status.transfers[rail]), factColumns(pen)),
      })),
      pen.columns,
    ),
    '',
    'Rail weather',
    ...factSheet(
      railIds.map((rail) => ({
        name: shortNames[rail],
        lines: skyLines(status.weather[rail], pen, factColumns(pen)),
      })),
      pen.columns,
    ),
    '',
    ...factSheet(
      [
        { name: 'Engine', lines: engineLines(status, now, pen) },
        { name: 'Health', lines: healthLines(status, now, pen) },
        { name: 'Exceptions', lines: exceptionLines(status.health.openExceptions, pen) },
        { name: 'Figures', lines: [freshness(status, now, pen)] },
      ],
      pen.columns,
    ),
  ];
}
