import { formatMoney, railIds, railNames, type EpochMs, type RailId } from '#kernel';
import type { Database } from '#platform/db';

import type { Conditions } from '../conditions.ts';
import type { Answered } from '../post-office.ts';
import type { Providers } from '../providers.ts';
import type { Imported } from '../owner.ts';
import type { CancelAnswer } from '../second-thoughts.ts';
import type { Act } from '../town.ts';
import { readBooks } from './books.ts';
import { createCancellationRules } from './cancellations.ts';
import { createConsentRules } from './consent.ts';
import { createMoneyRules } from './money.ts';
import { createPayoutRules } from './payouts.ts';
import { createReversalRules } from './reversals.ts';
import { readTruth, type Moved } from './truth.ts';
import type { Report, Rule, Violation } from './violation.ts';

/** Looks at the providers' truth and at the engine's books, and believes neither word of mouth. */
export interface Auditor {
  /** What is new since the last time; cheap. */
  check(): Promise<void>;
  /** The sums, at the end of each day. */
  checkSums(): Promise<void>;
  /** What the engine's own proof says of itself. */
  checkProof(checks: readonly Proved[]): void;
  /** How it finds the books of a whole day when it has read all statements of it. */
  checkDay(day: ComparedDay): void;
  /** When everything has had time to end: no difference is left that has no name. */
  checkEnd(): Promise<void>;
  report: Report;
  readonly violations: readonly Violation[];
  readonly counts: Readonly<Record<'payments' | 'payouts' | 'prompts', number>>;
}

export interface Proved {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface ComparedDay {
  readonly rail: RailId;
  readonly businessDate: string;
  readonly state: string;
  readonly isWhole: boolean;
  readonly differences: readonly { readonly kind: string; readonly receipt: string | undefined }[];
}

export interface AuditorDeps {
  readonly now: () => EpochMs;
  readonly observer: Database;
  readonly providers: Providers;
  readonly acts: readonly Act[];
  readonly answered: readonly Answered[];
  /** What the owner has imported. */
  readonly imported: readonly Imported[];
  /** What was said to whoever wanted transfers back. */
  readonly cancelAnswers: readonly CancelAnswer[];
  readonly conditions: Conditions;
  readonly onViolation: ((violation: Violation) => void) | undefined;
}

/** What is knowable must be known within this time. */
const toKnowMs = 15 * 60 * 1000;
const violationsMax = 100;

export function createAuditor(deps: AuditorDeps): Auditor {
  const { conditions, now } = deps;
  const truth = readTruth(deps.providers);
  const books = readBooks(deps.observer);
  const money = createMoneyRules();
  const payouts = createPayoutRules();
  const reversals = createReversalRules();
  const cancellations = createCancellationRules();
  const { goodSince } = conditions;
  const consent = createConsentRules({ acts: deps.acts, truth, goodSince });
  const violations: Violation[] = [];
  let pending: Answered[] = [];
  let answeredSeen = 0;
  let lastAt = 0;
  let prompts = 0;

  const report: Report = (rule, about, detail) => {
    if (violations.length >= violationsMax) return;
    const violation = { rule, at: now(), about, detail };
    violations.push(violation);
    deps.onViolation?.(violation);
  };
  const isOverdue = (rail: RailId, since: EpochMs): boolean => {
    const good = goodSince(rail);
    return good !== undefined && now() - Math.max(since, good) > toKnowMs;
  };
  const toldAt = ({ conversationId, ownId, receipt }: Moved): EpochMs | undefined =>
    deps.answered.find(
      ({ channel, body }) =>
        (channel === 'payout-result' || channel === 'status-result') &&
        [conversationId, ownId, receipt].some((id) => id !== undefined && body.includes(id)) &&
        isWhole(body),
    )?.at;

  const checkAnswered = async (): Promise<void> => {
    pending.push(...deps.answered.slice(answeredSeen));
    answeredSeen = deps.answered.length;
    const kept = await books.keptOf(pending.map(({ digest }) => digest));
    pending = pending.filter(({ digest }) => !kept.has(digest));
    const lost = pending.filter(({ at }) => railIds.every((rail) => isOverdue(rail, at)));
    for (const { channel, digest } of lost) report('callback-lost', digest, channel);
    pending = pending.filter((one) => !lost.includes(one));
  };

  const checkPayouts = async (): Promise<void> => {
    const transfers = await books.transfers();
    payouts.compare(transfers, { isOverdue, toldAt, now: now() }, report);
    cancellations.learn(truth.taken(), deps.cancelAnswers);
    cancellations.compare(transfers, report);
  };

  const learn = (): void => {
    const moved = truth.moves();
    money.learn(moved);
    payouts.learn(moved);
    reversals.learn(moved, deps.imported);
  };
  /** The wallet has what the provider has not given back; the engine is right to be puzzled. */
  const isUnheardOf = ({ name, detail }: Proved): boolean =>
    name === 'wallets' &&
    railIds.every((rail) => !detail.includes(railNames[rail]) || reversals.untoldMinor(rail) > 0n);

  const checkReversals = async (which: 'new' | 'all'): Promise<void> => {
    const due = reversals.due(which, now());
    if (due.length === 0) return;
    const facts = { left: await books.leftOf(due), named: await books.namedReversals() };
    reversals.judge(due, facts, report);
  };

  const checkWallet = async (
    rail: RailId,
    transfers: Awaited<ReturnType<typeof books.transfers>>,
  ): Promise<void> => {
    const inBooks = await books.balanceMinor(`rail:${rail}:collection`);
    const held = payouts.heldBackMinor(transfers, rail);
    const untold = reversals.untoldMinor(rail);
    const atProvider = truth.walletMinor(rail);
    if (inBooks + held - untold === atProvider) return;
    const words = [inBooks, held, untold, atProvider].map((minor) => formatMoney(minor));
    const detail = `${words[0]}, ${words[1]} held and ${words[2]} given back unheard of, but`;
    report('wallets-agree', rail, `${detail} ${words[3]} is there`);
  };

  return {
    report,
    violations,
    get counts() {
      return { payments: money.bookedCount, payouts: payouts.paid.length, prompts };
    },
    check: async () => {
      const since = lastAt;
      lastAt = now();
      learn();
      money.compare(await books.paymentsSince(since), report);
      money.compareCharges(await books.paidChargesSince(since), report);
      money.complainOfLate(isOverdue, report);
      reversals.compare(await books.bookedOutSince(since), report);
      await checkReversals('new');
      await checkPayouts();
      cancellations.complainOfHeld(await books.heldByCancelledSince(since), report);
      const asked = truth.asked();
      prompts += asked.length;
      consent.check(asked, report);
      await checkAnswered();
    },
    checkSums: async () => {
      const sum = await books.entriesSumMinor();
      if (sum !== 0n) report('trial-balance', 'ledger', `the entries sum to ${sum} cents`);
      if (!(await truth.isSound())) report('provider-sound', 'simulators', 'lost money themselves');
      cancellations.complainOfHeld(await books.heldByCancelledSince(0), report);
      await checkReversals('all');
    },
    checkProof: (checks) => {
      learn();
      for (const check of checks) {
        if (!check.ok && !isUnheardOf(check)) report('proof', check.name, check.detail);
      }
    },
    checkDay: ({ rail, businessDate, state, isWhole, differences }) => {
      if (state === 'agrees' && isWhole) return;
      const words = differences.map(({ kind, receipt }) => `${kind} ${receipt ?? ''}`).join(', ');
      report('days-agree', `${rail} ${businessDate}`, `${state}: ${words}`);
    },
    checkEnd: async () => {
      for (const { rail, receipt } of money.unbooked) {
        report('booked-in-time', `${rail} ${receipt}`, 'is not booked at the end');
      }
      for (const { channel, digest } of pending) report('callback-lost', digest, channel);
      reversals.complainOfUntold(report);
      const transfers = await books.transfers();
      for (const rail of railIds) await checkWallet(rail, transfers);
    },
  };
}

const isWhole = (body: string): boolean => {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
};

export type { Rule, Violation };
