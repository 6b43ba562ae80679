import {
  allocate,
  businessDateOf,
  type EpochMs,
  invariant,
  type Prng,
  type RailId,
  startOfBusinessDay,
} from '#kernel';

import { prngOf } from './chance.ts';
import type { StreamDemand } from './config.ts';
import { activityIn, momentAt, type Span } from './day-shape.ts';

/** Somebody will want this at that moment. */
export interface Wish {
  readonly stream: StreamDemand;
  readonly amountKes: number;
  readonly dueAt: EpochMs;
  /** After it nobody wants it any more: the next cycle has wishes of its own. */
  readonly endAt: EpochMs;
  /** One of the first after a start, bought by somebody who means it. */
  readonly isOpening: boolean;
}

export const pieceKesMin = 10;
const piecesUsual = { low: 2, high: 5 } as const;
/** High demand means more purchases, and above this larger ones. */
const piecesFactorMax = 4;
/** Every stream sells once within this after a start, and the rest begins after the second. */
export const openingMs = 40_000;
const quietAfterOpeningMs = 80_000;
const spacingMs = 3 * 60 * 1000;
/** The last purchase of a cycle needs time to be confirmed within it. */
const settlingMs = 5 * 60 * 1000;

/** The cycle an instant lies in; cycles are counted from midnight in Nairobi. */
export function cycleAt(at: EpochMs, cycleMs: number): Span {
  const dayStartAt = startOfBusinessDay(businessDateOf(at));
  const startAt = dayStartAt + Math.floor((at - dayStartAt) / cycleMs) * cycleMs;
  return { startAt, endAt: startAt + cycleMs };
}

export interface BudgetFacts {
  readonly seed: number;
  readonly stream: StreamDemand;
  readonly cycle: Span;
  readonly demandFactor: number;
}

/** A band in whole shillings, never below the smallest purchase. */
export function bandKes(stream: StreamDemand, demandFactor: number) {
  const lowKes = Math.max(pieceKesMin, Math.ceil((Number(stream.lowMinor) * demandFactor) / 100));
  const highKes = Math.floor((Number(stream.highMinor) * demandFactor) / 100);
  return { lowKes, highKes: Math.max(lowKes, highKes) };
}

/** What a stream takes in one cycle: by day nearer the top of its band, at night the bottom. */
export function budgetKes({ seed, stream, cycle, demandFactor }: BudgetFacts): number {
  const { lowKes, highKes } = bandKes(stream, demandFactor);
  const prng = prngOf(seed, `budget ${stream.id} ${cycle.startAt}`);
  const position = 0.1 + 0.6 * activityIn(cycle) + 0.3 * prng.next();
  const kes = lowKes + Math.floor((highKes - lowKes) * Math.min(position, 1));
  invariant(kes >= lowKes && kes <= highKes, 'takings lie in their band');
  return kes;
}

/** Whole shillings that add up to the budget, at most `piecesMax` of them, none too small. */
export function splitKes(totalKes: number, piecesMax: number, prng: Prng): readonly number[] {
  const count = Math.max(1, Math.min(piecesMax, Math.floor(totalKes / pieceKesMin)));
  const spareKes = Math.max(0, totalKes - count * pieceKesMin);
  const weights = Array.from({ length: count }, () => BigInt(prng.between(2, 9)));
  // People pay round sums; the odd shillings come together in the last one.
  const spareTens = allocate(BigInt(Math.floor(spareKes / 10)), weights);
  const pieces = spareTens.map((tens) => pieceKesMin + Number(tens) * 10);
  const restKes = totalKes - pieces.reduce((sum, kes) => sum + kes, 0);
  const split = pieces.map((kes, n) => (n === count - 1 ? kes + restKes : kes));
  invariant(split.reduce((sum, kes) => sum + kes, 0) === totalKes, 'pieces add up');
  return split;
}

export interface PlanFacts {
  readonly seed: number;
  readonly streams: readonly StreamDemand[];
  readonly cycle: Span;
  readonly demandFactor: number;
  readonly now: EpochMs;
  /** The town has just come to life. */
  readonly isOpening: boolean;
  /** Paid in this cycle before an interruption: it counts against what is still to be bought. */
  readonly spentKes: ReadonlyMap<RailId, number>;
}

/** Everything that is still to be bought in the cycle, in order of time. */
export function planCycle(facts: PlanFacts): readonly Wish[] {
  const { streams, isOpening } = facts;
  if (facts.demandFactor === 0) return [];
  const slotMs = openingMs / streams.length;
  const wishes = openingOrder(streams).flatMap((stream, n) => {
    const prng = prngOf(facts.seed, `wishes ${stream.id} ${facts.cycle.startAt}`);
    const leftKes = leftToBuyKes(stream, facts);
    const openingAt = facts.now + Math.floor((n + prng.next() * 0.8) * slotMs);
    if (isOpening) return wishesOf({ ...facts, stream, leftKes, openingAt }, prng);
    return leftKes < pieceKesMin ? [] : wishesOf({ ...facts, stream, leftKes }, prng);
  });
  return wishes.toSorted((a, b) => a.dueAt - b.dueAt);
}

/** Rails take turns, so that each of them sells within seconds. */
function openingOrder(streams: readonly StreamDemand[]): readonly StreamDemand[] {
  const turnOf = (stream: StreamDemand): number =>
    streams.filter(({ rail }) => rail === stream.rail).indexOf(stream);
  return streams.toSorted((a, b) => turnOf(a) - turnOf(b));
}

/** A rail's earlier payments weigh on its streams alike: a wallet does not know what it bought. */
function leftToBuyKes(stream: StreamDemand, facts: PlanFacts): number {
  const budgetOf = (one: StreamDemand): number => budgetKes({ ...facts, stream: one });
  const ofRail = facts.streams.filter(({ rail }) => rail === stream.rail);
  const railKes = ofRail.reduce((sum, one) => sum + budgetOf(one), 0);
  const leftShare = Math.max(0, 1 - (facts.spentKes.get(stream.rail) ?? 0) / railKes);
  const leftKes = Math.floor(budgetOf(stream) * leftShare);
  return facts.isOpening ? Math.max(pieceKesMin, leftKes) : leftKes;
}

interface StreamPlan extends PlanFacts {
  readonly stream: StreamDemand;
  readonly leftKes: number;
  readonly openingAt?: EpochMs;
}

/** However little of the cycle is left, all of the budget is in what comes out. */
function wishesOf(plan: StreamPlan, prng: Prng): readonly Wish[] {
  const { stream, cycle, now, openingAt } = plan;
  const pauseMs = openingAt === undefined ? 0 : openingMs + quietAfterOpeningMs;
  const span = { startAt: Math.max(cycle.startAt, now + pauseMs), endAt: cycle.endAt - settlingMs };
  const room = Math.max(0, Math.floor((span.endAt - span.startAt) / spacingMs));
  const factor = Math.round(Math.min(piecesFactorMax, Math.max(1, plan.demandFactor)));
  const usual = prng.between(piecesUsual.low, piecesUsual.high) * factor;
  const split = splitKes(plan.leftKes, Math.min(usual, room + 1), prng);
  const later = openingAt === undefined ? split.length : split.length - 1;
  return split.map((amountKes, n): Wish => {
    const base = { stream, amountKes, endAt: cycle.endAt };
    if (openingAt !== undefined && n === 0) return { ...base, dueAt: openingAt, isOpening: true };
    const place = openingAt === undefined ? n : n - 1;
    const share = (place + prng.next()) / later;
    const dueAt = span.startAt < span.endAt ? momentAt(span, share) : now;
    return { ...base, dueAt, isOpening: false };
  });
}
