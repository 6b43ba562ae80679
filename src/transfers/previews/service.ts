import { businessDateOf, unreachable, type RailId } from '#kernel';
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

  const refusalsOf = async (
    executor: Executor,
    question: PreviewQuestion,
    engineRunning: boolean,
  ): Promise<readonly TransferRefusal[]> => {
    switch (question.kind) {
      case 'manual':
      case 'auto':
        return (await orders.manualRefusals(executor, question, engineRunning)).refusals;
      case 'top-up':
        return orders.topUpRefusals(executor, question, engineRunning);
      default:
        return unreachable(question.kind, 'kind of preview');
    }
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
    const missing = [bookedMinor, reportedMinor]
      .filter((heldMinor) => heldMinor !== undefined)
      .map((heldMinor) => amountMinor - heldMinor);
    const shortfallMinor = missing.reduce((most, one) => (one > most ? one : most), 0n);
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
      refusals: await refusalsOf(executor, question, engineRunning),
      sweep: kind === 'auto' ? await deps.sweepOf(executor, rail) : undefined,
    };
  };
}
