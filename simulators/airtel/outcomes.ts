import { formatMoney } from '#kernel';

import { nextAirtelId } from './airtel-ids.ts';
import type { Callbacks } from './callbacks.ts';
import { collectionCodes as codes, collectionTexts } from './codes.ts';
import type { Collection, CollectionBook } from './collection-book.ts';
import { type Context, happens, within } from './context.ts';
import { collectionFeeOf } from './fees.ts';
import { type Journal, walletOf } from './journal.ts';
import type { Phones } from './phones.ts';
import { kenya } from './profile.ts';
import type { Schedule } from './schedule.ts';

/** What a phone's owner can do about a prompt. */
export type PromptAction = 'approve' | 'cancel' | 'wrong-pin';

export interface OutcomeParts {
  readonly context: Context;
  readonly book: CollectionBook;
  readonly journal: Journal;
  readonly phones: Phones;
  readonly schedule: Schedule;
  readonly callbacks: Callbacks;
}

export interface Outcomes {
  /** The phone's owner acted; only a collection in progress heeds it. */
  conclude(ownId: string, action: PromptAction): void;
  /** The prompt went unanswered until its end. */
  lapse(ownId: string): void;
  /** Job: the end of an ambiguous, timed-out or falsely failed collection. */
  resolve(subject: string): void;
  fail(ownId: string, code: string): void;
}

/** How collections end. Every function runs within the transaction of the job or of the action. */
export const createOutcomes = (parts: OutcomeParts): Outcomes => ({
  conclude: (ownId, action) => {
    const collection = parts.book.find(ownId);
    if (collection?.status !== 'TIP') return;
    if (action === 'approve') approve(parts, collection);
    // 1002 documented (sheet §11.2); that a cancel is "refused" is assumed.
    else fail(parts, ownId, action === 'wrong-pin' ? codes.incorrectPin : codes.refused);
  },
  lapse: (ownId) => {
    if (parts.book.find(ownId)?.status === 'TIP') lapse(parts, ownId);
  },
  resolve: (subject) => resolve(parts, subject),
  fail: (ownId, code) => fail(parts, ownId, code),
});

function fail({ book, callbacks }: OutcomeParts, ownId: string, code: string): void {
  book.move(ownId, { status: 'TF', code });
  const message = collectionTexts[code] ?? 'failed';
  callbacks.announce({ id: ownId, message, status_code: 'TF' });
}

/** The code that stands against a payment, or nothing when the wallet can pay. */
function obstacleTo(parts: OutcomeParts, collection: Collection): string | undefined {
  const { national, amountMinor } = collection;
  const phone = parts.phones.find(national);
  if (phone?.registered !== true || phone.barred) return codes.notPermitted;
  if (parts.journal.spentToday(national) + amountMinor > kenya.dayMaxMinor) {
    return codes.limitExceeded;
  }
  const held = parts.journal.balanceOf(walletOf(national));
  return held < amountMinor ? codes.insufficientBalance : undefined;
}

function succeed({ context, book, journal, callbacks }: OutcomeParts, paid: Collection): void {
  const { ownId, amountMinor, national, reference } = paid;
  const { merchantName } = context.config;
  const airtelId = nextAirtelId(context, 'collection');
  const feeMinor = collectionFeeOf(context, amountMinor);
  book.markPaid(ownId, airtelId);
  journal.settle({
    kind: 'collection',
    ownId,
    airtelId,
    amountMinor,
    feeMinor,
    national,
    reference,
  });
  callbacks.announce({
    id: ownId,
    message: `Paid ${formatMoney(amountMinor)} to ${merchantName}, Trans ID ${airtelId}.`,
    status_code: 'TS',
    airtel_money_id: airtelId,
  });
}

function pay(parts: OutcomeParts, collection: Collection): void {
  const obstacle = obstacleTo(parts, collection);
  if (obstacle === undefined) succeed(parts, collection);
  else fail(parts, collection.ownId, obstacle);
}

/** The PIN was right: the straight way, or a detour that Airtel's texts allow (§9.3, §11.2). */
function approve(parts: OutcomeParts, collection: Collection): void {
  const { context } = parts;
  const { ambiguous, tfThenTs } = context.knobs();
  const { ownId } = collection;
  if (happens(context, ambiguous.rate)) {
    const ends = ['ts', 'tf', 'never'] as const;
    const end = ambiguous.outcome === 'mixed' ? context.prng.pick(ends) : ambiguous.outcome;
    parts.book.move(ownId, { status: 'TA', code: codes.ambiguous });
    if (end !== 'never') resolveLater(parts, `${end}:${ownId}`, ambiguous.afterMs);
  } else if (obstacleTo(parts, collection) === undefined && happens(context, tfThenTs)) {
    fail(parts, ownId, codes.refused);
    resolveLater(parts, `late:${ownId}`, within(context, context.config.timings.tfThenTsMs));
  } else pay(parts, collection);
}

function resolveLater({ context, schedule }: OutcomeParts, subject: string, delayMs: number): void {
  schedule.add({ kind: 'resolve-collection', subject, dueAt: context.clock.now() + delayMs });
}

function resolve(parts: OutcomeParts, subject: string): void {
  const [end, ownId = ''] = subject.split(':');
  const collection = parts.book.find(ownId);
  if (end === 'ts' && collection?.status === 'TA') pay(parts, collection);
  if (end === 'tf' && collection?.status === 'TA') fail(parts, ownId, codes.pinNotEntered);
  if (end === 'late' && collection?.status === 'TF') {
    if (obstacleTo(parts, collection) === undefined) succeed(parts, collection);
  }
}

/** An ignored prompt ends as …1005, …1024 or TE/…1029 (sheet §6.4). */
function lapse(parts: OutcomeParts, ownId: string): void {
  const { context, book, callbacks } = parts;
  const { ignoredPrompt, callbackForTimeouts, timedOutEnds } = context.knobs();
  const ways = ['expired', 'no-pin', 'timed-out'] as const;
  const way = ignoredPrompt === 'mixed' ? context.prng.pick(ways) : ignoredPrompt;
  if (way === 'no-pin') {
    fail(parts, ownId, codes.pinNotEntered);
  } else if (way === 'timed-out') {
    // …1024 is not final (sheet §11.2); TA beside it is assumed, and so is what it ends as.
    book.move(ownId, { status: 'TA', code: codes.timedOut });
    const end = timedOutEnds === 'mixed' ? context.prng.pick(['tf', 'ts']) : timedOutEnds;
    resolveLater(parts, `${end}:${ownId}`, within(context, context.config.timings.timedOutMs));
  } else {
    book.move(ownId, { status: 'TE', code: codes.expired });
    // Callbacks know only TS and TF (sheet §9.1); by default an expiry has none (§18.16).
    if (callbackForTimeouts) {
      callbacks.announce({ id: ownId, message: 'Transaction expired', status_code: 'TF' });
    }
  }
}
