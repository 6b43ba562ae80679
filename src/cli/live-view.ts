import { stripVTControlCharacters } from 'node:util';

import { railIds, type EpochMs, type RailId } from '#kernel';
import type { Status } from '#api/contract';

import { percentOf, progressBar } from './bar.ts';
import { widthOf } from './layout.ts';
import type { Snapshot } from './deps.ts';
import type { Pen } from './pen.ts';
import { staleAfterMs } from './status-view.ts';
import { clockTime, duration, epochOf, figure, hourAndMinute, kes, shortNames } from './words.ts';

/** What the live line tells, and how fresh it is. */
export interface LiveFacts {
  readonly mode: Status['mode'];
  readonly now: EpochMs;
  readonly latest: Snapshot | undefined;
  /** Since when no figures could be had. */
  readonly awaySince: EpochMs | undefined;
}

const initials: Readonly<Record<RailId, string>> = { mpesa: 'M', airtel: 'A' };

function trouble({ now, latest, awaySince }: LiveFacts): string {
  if (awaySince !== undefined) return `no figures for ${duration(now - awaySince)}`;
  if (latest === undefined) return 'waiting for the first figures';
  const { status } = latest;
  if (status.health.database === 'away') return 'database away, money is spooled';
  const ageMs = now - epochOf(status.updatedAt);
  if (status.stale || ageMs > staleAfterMs) return `figures ${duration(ageMs)} old`;
  return status.status === 'stopped' ? 'switched off' : '';
}

/** How much of the figures is told. */
interface Layout {
  /** Cells of each rail's bar; none at 0. */
  readonly barCells: number;
  readonly rails: 'full' | 'short' | 'shortest';
  readonly last: boolean;
}

/** From the most that can be said to the least. */
const layouts: readonly Layout[] = [
  { barCells: 10, rails: 'full', last: true },
  { barCells: 6, rails: 'full', last: true },
  { barCells: 6, rails: 'full', last: false },
  { barCells: 0, rails: 'full', last: false },
  { barCells: 0, rails: 'short', last: false },
];
const leastLayout: Layout = { barCells: 0, rails: 'shortest', last: false };

function railPart(status: Status, rail: RailId, { rails, barCells }: Layout): string {
  const amount = status.today[rail];
  const target = status.targets.daily[rail];
  const percent = `${percentOf(amount, target)}%`;
  if (rails === 'shortest') return `${initials[rail]} ${percent}`;
  if (rails === 'short') return `${initials[rail]} ${figure(amount)} ${percent}`;
  const bar = barCells === 0 ? '' : `${progressBar({ amount, target }, barCells)} `;
  return `${shortNames[rail]} ${bar}${figure(amount)}/${figure(target)}`;
}

function lastPart({ lastPayment }: Snapshot): string {
  if (lastPayment === undefined) return 'no payment yet';
  const { amount, bookedAt } = lastPayment;
  return `last ${kes(amount)} ${hourAndMinute(epochOf(bookedAt))}`;
}

function lineWith(facts: LiveFacts, pen: Pen, layout: Layout): string {
  const { latest, now } = facts;
  const isFull = layout.rails === 'full';
  const mode = facts.mode === 'sandbox' ? pen.caution('SANDBOX') : pen.strong('LIVE');
  const trap = trouble(facts);
  const parts = [
    mode,
    isFull ? clockTime(now) : hourAndMinute(now),
    ...(latest === undefined ? [] : railIds.map((rail) => railPart(latest.status, rail, layout))),
    ...(latest !== undefined && layout.last ? [lastPart(latest)] : []),
    ...(trap === '' ? [] : [pen.caution(trap)]),
  ];
  return parts.join(isFull ? '  ' : ' ');
}

/** One line, never wider than the screen, or it could not be rewritten in place. */
export function liveLine(facts: LiveFacts, pen: Pen): string {
  const width = pen.columns - 1;
  const lines = layouts.map((layout) => lineWith(facts, pen, layout));
  const fitting = lines.find((line) => widthOf(line) <= width);
  if (fitting !== undefined) return fitting;
  const least = lineWith(facts, pen, leastLayout);
  // Colour is given up with the text that is cut: half a colour code would stain the screen.
  return widthOf(least) <= width
    ? least
    : [...stripVTControlCharacters(least)].slice(0, width).join('');
}
