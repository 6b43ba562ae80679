import { decimalOf, parseAmountMinor } from '#kernel';

/** Beyond this the engine does not read an amount at all. */
const amountMax = 1_000_000_000;

/** `2,000` and `KES 2000` are what people type; anything but whole shillings is nothing. */
export function typedAmount(text: string): number | undefined {
  const digits = text.replaceAll(/[\s,]|^\s*KES/gi, '');
  if (!/^\d{1,10}$/.test(digits)) return undefined;
  const amount = Number(digits);
  return amount >= 1 && amount <= amountMax ? amount : undefined;
}

/** Exact, of two amounts from the books. */
export function addDecimals(one: string, other: string): string {
  const sum = [one, other].map((text) => {
    const amount = parseAmountMinor(text);
    return amount.ok ? amount.value : 0n;
  });
  return decimalOf((sum[0] ?? 0n) + (sum[1] ?? 0n));
}
