import { formatMoney, isoOf, type EpochMs } from '#kernel';

import type { BookedTransfer } from './books.ts';
import type { IsOverdue } from './money.ts';
import type { Moved } from './truth.ts';
import { createOnce, type Report } from './violation.ts';

export interface PayoutRules {
  learn(moved: readonly Moved[]): void;
  compare(
    transfers: readonly BookedTransfer[],
    facts: {
      readonly isOverdue: IsOverdue;
      /** When the engine first answered a callback that spoke of it. */
      readonly toldAt: (payout: Moved) => EpochMs | undefined;
      readonly now: EpochMs;
    },
    report: Report,
  ): void;
  /** What the books hold back for transfers that the provider has not paid. */
  heldBackMinor(transfers: readonly BookedTransfer[], rail: Moved['rail']): bigint;
  readonly paid: readonly Moved[];
}

/** Airtel may be asked this long after a payout was sent. */
const enquiryFloorMs = 3 * 60 * 1000;
/** After the last question, 72 hours after it was sent, a person has to see it. */
const nobodyLooksAfterMs = 74 * 60 * 60 * 1000;
const given = new Set(['failed', 'cancelled']);

/** What left is what was meant to leave, once; and what was meant is known in the end. */
export function createPayoutRules(): PayoutRules {
  const byOwnId = new Map<string, Moved>();
  const twice: Moved[] = [];
  const once = createOnce();
  const keyOf = ({ rail, ownId }: { readonly rail: string; readonly ownId?: string | undefined }) =>
    `${rail} ${ownId ?? 'without an id'}`;

  const compareOne = (
    transfer: BookedTransfer,
    paid: Moved | undefined,
    { isOverdue, toldAt, now, report }: Parameters<PayoutRules['compare']>[1] & { report: Report },
  ): void => {
    const about = keyOf(transfer);
    const { state } = transfer;
    if (paid === undefined) {
      if (state === 'completed') {
        report('completed-without-payout', about, formatMoney(transfer.amountMinor));
      }
      const isOpen = state !== 'completed' && !given.has(state);
      const isWatched = transfer.nextStepAt !== null || transfer.isOpenTrouble;
      if (isOpen && (!isWatched || now - transfer.plannedAt > nobodyLooksAfterMs)) {
        if (!transfer.isOpenTrouble) report('unknown-is-visible', about, `is ${state} unseen`);
      }
      return;
    }
    if (paid.amountMinor !== transfer.amountMinor) {
      report('wrong-amount', about, `${formatMoney(paid.amountMinor)} left`);
    }
    if (state === 'completed') return;
    // Everything M-Pesa says of a payout it says by callback.
    const since =
      paid.rail === 'mpesa'
        ? toldAt(paid)
        : Math.max(paid.at, (transfer.sentAt ?? transfer.plannedAt) + enquiryFloorMs);
    if (since !== undefined && isOverdue(paid.rail, since)) {
      report('payout-known-in-time', about, `left at ${isoOf(paid.at)}, is ${state}`);
    }
  };

  return {
    learn: (moved) => {
      for (const one of moved) {
        if (one.kind !== 'out') continue;
        if (byOwnId.has(keyOf(one))) twice.push(one);
        else byOwnId.set(keyOf(one), one);
      }
    },
    compare: (transfers, facts, report) => {
      const say = once(report);
      const known = new Set(transfers.map(keyOf));
      for (const paid of twice) say('payout-twice', keyOf(paid), paid.receipt);
      for (const [key, { amountMinor, receipt }] of byOwnId) {
        const words = `${formatMoney(amountMinor)}, ${receipt}`;
        if (!known.has(key)) say('payout-without-transfer', key, words);
      }
      const sweeps = new Map<string, number>();
      for (const transfer of transfers) {
        const paid = byOwnId.get(keyOf(transfer));
        compareOne(transfer, paid, { ...facts, report: say });
        // One that was cancelled makes no room for another.
        const counts = paid !== undefined || transfer.state === 'cancelled';
        if (!counts || transfer.kind !== 'auto') continue;
        const day = `${transfer.rail} ${transfer.businessDate}`;
        sweeps.set(day, (sweeps.get(day) ?? 0) + 1);
      }
      for (const [day, count] of sweeps) {
        if (count > 1) say('one-sweep-a-day', day, `${count} sweeps left or were cancelled`);
      }
    },
    heldBackMinor: (transfers, rail) =>
      transfers
        .filter((one) => one.rail === rail && one.state !== 'completed' && !given.has(one.state))
        .filter((one) => !byOwnId.has(keyOf(one)))
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    get paid() {
      return [...byOwnId.values(), ...twice];
    },
  };
}
