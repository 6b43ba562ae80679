import {
  businessDateOf,
  shillings,
  unreachable,
  type Msisdn,
  type PayeeId,
  type RailId,
} from '#kernel';
import type { Executor } from '#platform/db';

import type { SweepDecision } from '../decide.ts';
import type { TransfersDeps } from '../deps.ts';
import type { TransferRefusal } from '../errors.ts';
import { forecastFloat, type FloatForecast } from '../floats/forecast.ts';
import type { Floats, Wallet, Wallets } from '../floats/service.ts';
import type { BalancePoll } from '../floats/store.ts';
import type { Orders } from '../orders/service.ts';
import type { Plans, RailBooks } from '../plans/service.ts';

export const previewKinds = ['manual', 'auto', 'top-up'] as const;
export type PreviewKind = (typeof previewKinds)[number];

export interface PreviewQuestion {
  readonly rail: RailId;
  readonly amountMinor: bigint;
  readonly kind: PreviewKind;
  /** One of the allowed numbers; the configured one where nobody is named. */
  readonly payeeId?: PayeeId | undefined;
}

/** What a transfer would cost and whether it could go out, without planning it. */
export interface TransferPreview extends PreviewQuestion {
  /** Undefined where no tariff is known. */
  readonly feeMinor: bigint | undefined;
  readonly books: RailBooks & { readonly reserveMinor: bigint };
  /** The wallet by the books once it has gone out. */
  readonly afterMinor: bigint;
  readonly wallets: Wallets;
  /** How asking for them has gone; undefined before the first question. */
  readonly poll: BalancePoll | undefined;
  /** Whether books and, where it was reported lately, the provider's wallet hold enough now. */
  readonly coversNow: boolean;
  /** The most that one transfer could take to that number now, in whole shillings. */
  readonly mostMinor: bigint | undefined;
  /** When they would, at the usual pace; undefined where it cannot be told. */
  readonly forecast: FloatForecast | undefined;
  /** Present where the working wallet is known to have what the payout wallet lacks. */
  readonly topUp: { readonly from: Wallet; readonly missingMinor: bigint } | undefined;
  readonly refusals: readonly TransferRefusal[];
  /** For a sweep: what becomes of today's. */
  readonly sweep: SweepDecision | undefined;
}

export function createPreviews(
  deps: TransfersDeps & {
    readonly plans: Plans;
    readonly floats: Floats;
    readonly orders: Orders;
    readonly sweepOf: (executor: Executor, rail: RailId) => Promise<SweepDecision | undefined>;
  },
) {
  const { clock, plans, floats, orders } = deps;

  const feeOf = ({ rail: id, amountMinor, kind }: PreviewQuestion): bigint | undefined => {
    const rail = deps.rails.get(id);
    // Own money is moved between own wallets: no tariff speaks of it.
    if (kind === 'top-up' || rail === undefined) return undefined;
    const on = businessDateOf(clock.now());
    return rail.feeMinor?.({ about: 'payout', amountMinor, on });
  };

  const answerTo = async (
    executor: Executor,
    question: PreviewQuestion,
    engineRunning: boolean,
  ): Promise<{ refusals: readonly TransferRefusal[]; msisdn: Msisdn | undefined }> => {
    switch (question.kind) {
      case 'manual':
      case 'auto':
        return orders.manualRefusals(executor, question, engineRunning);
      case 'top-up': {
        const refusals = await orders.topUpRefusals(executor, question, engineRunning);
        return { refusals, msisdn: undefined };
      }
      default:
        return unreachable(question.kind, 'kind of preview');
    }
  };

  /** What is left of every limit; nothing where that is less than the rail sends. */
  const mostOf = async (
    executor: Executor,
    { rail, msisdn }: { readonly rail: RailId; readonly msisdn: Msisdn | undefined },
    heldMinor: readonly bigint[],
  ): Promise<bigint | undefined> => {
    const limits = deps.rails.get(rail)?.capabilities.payoutMinor;
    if (limits === undefined || msisdn === undefined) return undefined;
    const leftMinor = await plans.leftTo(executor, rail, msisdn);
    const most = [limits.max, leftMinor, ...heldMinor].reduce((least, one) =>
      one < least ? one : least,
    );
    return most < limits.min ? 0n : most - (most % shillings(1));
  };

  const topUpFor = (
    { amountMinor, kind }: PreviewQuestion,
    { payout, working }: Wallets,
  ): TransferPreview['topUp'] => {
    if (kind === 'top-up' || payout === undefined || payout.stale) return undefined;
    const missingMinor = amountMinor - payout.expectedMinor;
    const helps = working?.stale === false && working.availableMinor >= missingMinor;
    return helps && missingMinor > 0n ? { from: working, missingMinor } : undefined;
  };

  return async (executor: Executor, question: PreviewQuestion): Promise<TransferPreview> => {
    const { rail, amountMinor, kind } = question;
    const engineRunning = await deps.isRunning();
    const books = await plans.books(executor, rail);
    const reserveMinor = deps.settings.get(rail)?.reserveMinor ?? 0n;
    const wallets = await floats.wallets(executor, rail);
    const source = kind === 'top-up' ? wallets.working : wallets.payout;
    const reportedMinor = source?.stale === false ? source.expectedMinor : undefined;
    // A top-up is drawn on a wallet outside the books: only the provider knows what is there.
    const bookedMinor = kind === 'top-up' ? undefined : books.freeMinor - reserveMinor;
    const held = [bookedMinor, reportedMinor].filter((heldMinor) => heldMinor !== undefined);
    const missing = held.map((heldMinor) => amountMinor - heldMinor);
    const shortfallMinor = missing.reduce((most, one) => (one > most ? one : most), 0n);
    const { refusals, msisdn } = await answerTo(executor, question, engineRunning);
    const now = clock.now();
    const takings = await floats.usualHours(executor, rail, businessDateOf(now));
    return {
      ...question,
      feeMinor: feeOf(question),
      books: { ...books, reserveMinor },
      afterMinor: books.walletMinor + (kind === 'top-up' ? amountMinor : -amountMinor),
      wallets,
      poll: (await floats.polls(executor)).find((one) => one.rail === rail),
      coversNow: missing.length > 0 && shortfallMinor === 0n,
      forecast: kind === 'top-up' ? undefined : forecastFloat({ shortfallMinor, now, takings }),
      topUp: topUpFor(question, wallets),
      mostMinor: await mostOf(executor, { rail, msisdn }, held),
      refusals,
      sweep: kind === 'auto' ? await deps.sweepOf(executor, rail) : undefined,
    };
  };
}
