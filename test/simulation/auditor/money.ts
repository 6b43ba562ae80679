import { formatMoney, isoOf, type EpochMs, type RailId } from '#kernel';

import type { BookedPayment, PaidCharge } from './books.ts';
import type { Moved } from './truth.ts';
import type { Report } from './violation.ts';

/** Whether something has been knowable for longer than the engine may take to know it. */
export type IsOverdue = (rail: RailId, since: EpochMs) => boolean;

export interface MoneyRules {
  /** In this order: what the books say is compared with a truth that is at least as new. */
  learn(moved: readonly Moved[]): void;
  compare(booked: readonly BookedPayment[], report: Report): void;
  compareCharges(paid: readonly PaidCharge[], report: Report): void;
  complainOfLate(isOverdue: IsOverdue, report: Report): void;
  readonly unbooked: readonly Moved[];
  readonly bookedCount: number;
}

const keyOf = ({ rail, receipt }: { readonly rail: RailId; readonly receipt: string }): string =>
  `${rail} ${receipt}`;

/** Every shilling that came in is booked once, in time; and none that did not. */
export function createMoneyRules(): MoneyRules {
  const truth = new Map<string, Moved>();
  const unbooked = new Map<string, Moved>();
  const booked = new Map<string, bigint>();
  const late = new Set<string>();
  return {
    learn: (moved) => {
      for (const one of moved) {
        if (one.kind !== 'in') continue;
        truth.set(keyOf(one), one);
        unbooked.set(keyOf(one), one);
      }
    },
    compare: (payments, report) => {
      for (const payment of payments) {
        const key = keyOf(payment);
        const known = booked.get(key);
        if (known === payment.id) continue;
        const real = truth.get(key);
        const words = `${formatMoney(payment.amountMinor)} by ${payment.road}`;
        if (known !== undefined) report('money-without-truth', key, `booked twice: ${words}`);
        else if (real === undefined) report('money-without-truth', key, words);
        else if (real.amountMinor !== payment.amountMinor) {
          report('wrong-amount', key, `${words}, but ${formatMoney(real.amountMinor)} was paid`);
        }
        booked.set(key, payment.id);
        unbooked.delete(key);
      }
    },
    compareCharges: (paid, report) => {
      for (const { reference, amountMinor, paidMinor, rail, receipt } of paid) {
        const real = rail === null ? undefined : truth.get(keyOf({ rail, receipt: receipt ?? '' }));
        if (real === undefined || paidMinor !== amountMinor) {
          report('paid-without-money', reference, `${formatMoney(amountMinor)} is shown as paid`);
        }
      }
    },
    complainOfLate: (isOverdue, report) => {
      for (const [key, { rail, at, amountMinor }] of unbooked) {
        if (late.has(key) || !isOverdue(rail, at)) continue;
        late.add(key);
        report('booked-in-time', key, `${formatMoney(amountMinor)} of ${isoOf(at)} is not booked`);
      }
    },
    get unbooked() {
      return [...unbooked.values()];
    },
    get bookedCount() {
      return booked.size;
    },
  };
}
