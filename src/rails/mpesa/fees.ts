import { unreachable } from '#kernel';
import type { FeeQuestion } from '../rail.ts';
import type { MpesaConfig } from './config.ts';
import { paybillFeeMinor, payoutFeeMinor } from './tariffs.ts';

/**
 * The business's fee by the published tables; undefined where none covers the case. A till's rate
 * could not be verified, and a paybill's depends on the plan it was contracted under.
 */
export function feeMinorOf(
  { paybillPlan, transactionType }: Pick<MpesaConfig, 'paybillPlan' | 'transactionType'>,
  { about, amountMinor, on }: FeeQuestion,
): bigint | undefined {
  switch (about) {
    case 'payout':
      return payoutFeeMinor(amountMinor, on);
    case 'payment':
      return paybillPlan === undefined || transactionType !== 'CustomerPayBillOnline'
        ? undefined
        : paybillFeeMinor({ amountMinor, on, plan: paybillPlan });
    default:
      return unreachable(about, 'what a fee is for');
  }
}
