import { shillings } from '#kernel';

/**
 * What is particular to Airtel Kenya. Limits: sheet §14 (documented, February 2024 and August
 * 2023); length of numbers: §16. Whether Kenya takes decimals is unknown (§20.5): whole shillings
 * are assumed, the strictest reading.
 */
export const kenya = {
  country: 'KE',
  currency: 'KES',
  callingCode: '254',
  nationalLength: 9,
  amountDecimalsMax: 0,
  transactionMinMinor: shillings(1),
  transactionMaxMinor: shillings(250_000),
  dayMaxMinor: shillings(500_000),
  walletMaxMinor: shillings(500_000),
} as const;
