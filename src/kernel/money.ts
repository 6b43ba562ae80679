import { invariant } from './invariant.ts';
import { err, ok, type Result } from './result.ts';

/** ISO 4217 codes the books can carry. All of them have two decimals. */
export const currencies = ['KES', 'USD', 'EUR', 'GBP'] as const;
export type Currency = (typeof currencies)[number];

/** Minor units (cents) per major unit (shilling) of every supported currency. */
export const minorPerMajor = 100n;

export type MoneyRefusal =
  | { readonly kind: 'not-an-amount'; readonly text: string }
  | { readonly kind: 'not-whole-shillings'; readonly amountMinor: bigint };

/** `2000n` shillings → `200000n` cents. */
export const shillings = (amount: bigint | number): bigint => {
  const whole = BigInt(amount);
  return whole * minorPerMajor;
};

const decimalAmount = /^(-?)(\d{1,15})(?:\.(\d{1,2}))?$/;

/**
 * Reads a provider's decimal amount ("5.00", "10", 1.5) into minor units without going through
 * binary fractions. More than two decimals, exponents and separators are refused.
 */
export function parseAmountMinor(value: string | number): Result<bigint, MoneyRefusal> {
  const text = typeof value === 'number' ? String(value) : value.trim();
  const match = decimalAmount.exec(text);
  if (match === null) return err({ kind: 'not-an-amount', text });
  const [, sign, whole = '0', fraction = ''] = match;
  const magnitude = BigInt(`${whole}${fraction.padEnd(2, '0')}`);
  return ok(sign === '-' ? -magnitude : magnitude);
}

/** Whole shillings for a rail that carries no cents; a remainder is refused aloud. */
export function toWholeShillings(amountMinor: bigint): Result<number, MoneyRefusal> {
  if (amountMinor % minorPerMajor !== 0n) return err({ kind: 'not-whole-shillings', amountMinor });
  return ok(Number(amountMinor / minorPerMajor));
}

/** Whole shillings, cents cut off towards zero: for progress figures, never for booking. */
export const floorShillings = (amountMinor: bigint): number => Number(amountMinor / minorPerMajor);

/** `123456n` → `"1234.56"`: exact, for wire formats and exports. */
export function decimalOf(amountMinor: bigint): string {
  const magnitude = amountMinor < 0n ? -amountMinor : amountMinor;
  const whole = magnitude / minorPerMajor;
  const cents = (magnitude % minorPerMajor).toString().padStart(2, '0');
  return `${amountMinor < 0n ? '-' : ''}${whole}.${cents}`;
}

/** `123456n` → `"KES 1,234.56"`, `200000n` → `"KES 2,000"`: for people. */
export function formatMoney(amountMinor: bigint, currency: Currency = 'KES'): string {
  const [whole = '0', cents = '00'] = decimalOf(amountMinor).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return cents === '00' ? `${currency} ${grouped}` : `${currency} ${grouped}.${cents}`;
}

/**
 * Splits an amount by integer weights so that the parts add up exactly; the remainder goes, one
 * minor unit each, to the earliest parts with a weight.
 */
export function allocate(amountMinor: bigint, weights: readonly bigint[]): readonly bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  invariant(amountMinor >= 0n, 'an amount to allocate is not negative');
  invariant(total > 0n && weights.every((weight) => weight >= 0n), 'weights add up to something');
  const parts = weights.map((weight) => (amountMinor * weight) / total);
  let rest = amountMinor - parts.reduce((sum, part) => sum + part, 0n);
  const shared = parts.map((part, index) => {
    if (rest === 0n || weights[index] === 0n) return part;
    rest -= 1n;
    return part + 1n;
  });
  invariant(shared.reduce((sum, part) => sum + part, 0n) === amountMinor, 'parts add up');
  return shared;
}
