import type { FeeQuestion, Rail } from '#rails';

import type { Road } from './transfer.ts';

/**
 * Only a payout has a tariff; the provider gives back and moves own money for nothing. Undefined
 * where no tariff tells.
 */
export function feeByTariff(
  rail: Rail | undefined,
  { road, ...question }: Omit<FeeQuestion, 'about'> & { readonly road: Road },
): bigint | undefined {
  if (road !== 'payout') return 0n;
  return rail?.feeMinor?.({ about: 'payout', ...question });
}
