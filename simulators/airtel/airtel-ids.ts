import { compactNairobi } from '#kernel';

import type { Context } from './context.ts';

/** What the letters of an Airtel id tell: `MP…L` a payment, `CI…H` a payout, `CI…C` a refund. */
const shapes = {
  collection: { head: 'MP', tail: 'L' },
  disbursement: { head: 'CI', tail: 'H' },
  refund: { head: 'CI', tail: 'C' },
} as const;

/** `MP260301.1234.L06941`: day and minute in Nairobi, then a number that never repeats. */
export function nextAirtelId({ clock, store }: Context, kind: keyof typeof shapes): string {
  const stamp = compactNairobi(clock.now());
  const { head, tail } = shapes[kind];
  const number = String(store.next('airtel-id')).padStart(5, '0');
  return `${head}${stamp.slice(2, 8)}.${stamp.slice(8, 12)}.${tail}${number}`;
}
