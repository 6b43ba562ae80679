import { compactNairobi, type EpochMs } from '#kernel';

import type { Context } from './context.ts';

/** What the letters of an Airtel id tell: `MP…L` a payment, `CI…H` a payout, `CI…C` a refund. */
const shapes = {
  collection: { head: 'MP', tail: 'L' },
  disbursement: { head: 'CI', tail: 'H' },
  refund: { head: 'CI', tail: 'C' },
} as const;

/** `MP260301.1234.L06941`: day and minute in Nairobi, then a number that never repeats. */
export function nextAirtelId({ clock, store }: Context, kind: keyof typeof shapes): string {
  const { head, tail } = shapes[kind];
  return idOf({ head, tail, at: clock.now(), number: store.next('airtel-id') });
}

/** Money from outside is no transaction of the wire; its id is its movement's own (assumed). */
export const floatIdOf = (at: EpochMs, movement: number): string =>
  idOf({ head: 'CI', tail: 'D', at, number: movement });

interface IdParts {
  readonly head: string;
  readonly tail: string;
  readonly at: EpochMs;
  readonly number: number;
}

function idOf({ head, tail, at, number }: IdParts): string {
  const stamp = compactNairobi(at);
  const digits = String(number).padStart(5, '0');
  return `${head}${stamp.slice(2, 8)}.${stamp.slice(8, 12)}.${tail}${digits}`;
}
