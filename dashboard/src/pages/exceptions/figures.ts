import { decimalOf, parseAmountMinor } from '#kernel';

import { minorOf } from '../../text/format.ts';
import type { AppliedFixView, ExceptionTraceView } from './shapes.ts';

/** What a person typed as an amount; nothing where it is none. */
export function typedMinor(text: string): bigint | undefined {
  const amount = parseAmountMinor(text.replaceAll(/[\s,]/g, ''));
  return amount.ok && amount.value > 0n ? amount.value : undefined;
}

/** `300` or `300.50`, as a form has it. */
export const plainOf = (minor: bigint): string => decimalOf(minor).replace(/\.00$/, '');

type Payment = NonNullable<ExceptionTraceView['payment']>;

/** What of a payment no stream has earned. */
export const restOf = (payment: Payment): bigint =>
  minorOf(payment.amountDecimal) - minorOf(payment.earnedDecimal);

/** Money that a person may still place. */
export const isPlaceable = (payment: Payment | null): boolean =>
  payment?.state === 'suspense' || payment?.state === 'credit';

/** The decision that stands, if any does. */
export const standingFix = (history: readonly AppliedFixView[]): AppliedFixView | undefined =>
  history.findLast(
    ({ kind, undoneBy }) => kind !== 'undo' && kind !== 'refund-failed' && undoneBy === null,
  );
