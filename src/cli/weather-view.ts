import type { RailSky, WeatherView } from '#api/contract';
import { railNames } from '#kernel';

import type { ClosedBreaker } from './deps.ts';
import { flow, wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { table } from './table.ts';
import { clockTime, counted, dayAndTime, duration, epochOf, railName } from './words.ts';

type HeldBack = RailSky['heldBack'][number];

const laneWords = {
  prompts: 'prompts',
  'money-out': 'money out',
  questions: 'questions about payments',
  'operator-questions': 'questions that the operator signs',
  extras: 'codes and addresses',
} as const satisfies Record<HeldBack['lane'], string>;

function heldBackWords({ lane, cause, code, until }: HeldBack): string {
  const what = laneWords[lane];
  if (cause === 'locked-out') return `${what} held back until somebody closes it (${code})`;
  return until === null
    ? `${what} held back (${code})`
    : `${what} held back (${code}), tried again at ${clockTime(epochOf(until))}`;
}

const skyWords = {
  fair: (pen) => pen.good(`${marks.good} fair`),
  changeable: (pen) => pen.caution(`${marks.caution} changeable`),
  stormy: (pen) => pen.bad(`${marks.bad} stormy`),
  closed: (pen) => pen.bad(`${marks.bad} closed`),
  unknown: () => 'no calls yet',
} as const satisfies Record<RailSky['sky'], (pen: Pen) => string>;

/** A password is spoken of when it begins to matter. */
const passwordDaysToTell = 14;

function passwordWords(daysLeft: number | null): readonly string[] {
  if (daysLeft === null || daysLeft > passwordDaysToTell) return [];
  if (daysLeft <= 0) return ["the operator's password has run out: set a new one"];
  return [`the operator's password runs out in ${counted(daysLeft, 'day')}`];
}

/** How one provider does, in a line. */
export function skyLines(sky: RailSky | null, pen: Pen, columns: number): readonly string[] {
  if (sky === null) return ['the rail is not set up'];
  const { calls, unheard, worstCode, callbackShare, callbackMedianMs } = sky;
  const median = callbackMedianMs === null ? '' : ` after ${duration(callbackMedianMs)}`;
  return flow(
    [
      skyWords[sky.sky](pen),
      ...(calls === 0 ? [] : [`${counted(calls, 'call')}, ${unheard} unheard`]),
      ...(worstCode === null || unheard === 0 ? [] : [`mostly ${worstCode}`]),
      ...(callbackShare === null
        ? []
        : [`${Math.floor(callbackShare * 100)} % called back${median}`]),
      ...sky.heldBack.map((one) => pen.caution(heldBackWords(one))),
      ...passwordWords(sky.passwordDaysLeft).map(pen.caution),
    ],
    columns,
  );
}

const took = (ms: number | null): string => (ms === null ? '' : duration(ms));

type Hour = WeatherView['hours'][number];

const codesOf = ({ codes }: Hour): string =>
  Object.entries(codes)
    .toSorted(([, n], [, m]) => m - n)
    .slice(0, 2)
    .map(([code, count]) => `${code} (${count})`)
    .join(', ');

const hoursTable = (hours: readonly Hour[], pen: Pen): readonly string[] =>
  table({
    columns: [
      { head: 'Hour' },
      { head: 'Rail' },
      { head: 'Call' },
      { head: 'Calls', align: 'right' },
      { head: 'Ok', align: 'right' },
      { head: 'Refused', align: 'right' },
      { head: 'Our fault', align: 'right' },
      { head: 'Unknown', align: 'right' },
      { head: 'Half in', align: 'right' },
      { head: '95 % in', align: 'right' },
      { head: 'Codes' },
    ],
    rows: hours.map((hour) => [
      dayAndTime(epochOf(hour.hour)),
      railName(hour.rail),
      hour.operation,
      String(hour.calls),
      String(hour.ok),
      String(hour.refused),
      String(hour.ourFault),
      String(hour.unknown),
      took(hour.p50Ms),
      took(hour.p95Ms),
      codesOf(hour),
    ]),
    width: pen.columns,
  });

/** How each provider does, and hour by hour what the calls came to. */
export const weatherView = ({ rails, hours }: WeatherView, pen: Pen): readonly string[] => [
  ...rails.flatMap((rail) => [
    pen.strong(railNames[rail.rail]),
    ...skyLines(rail, pen, pen.columns - 2).map((line) => `  ${line}`),
    ...(rail.meaning === null ? [] : wrap(`${rail.worstCode}: ${rail.meaning}`, pen.columns, '  ')),
    ...(rail.advice === null ? [] : wrap(rail.advice, pen.columns, '  ')),
  ]),
  '',
  ...(hours.length === 0 ? ['No calls yet.'] : hoursTable(hours, pen)),
];

export const closedWords = ({ rail, closed }: ClosedBreaker): string =>
  closed === 0
    ? `Nothing was held back on ${railNames[rail]}.`
    : `${marks.good} calls to ${railNames[rail]} go out again`;
