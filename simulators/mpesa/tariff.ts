/** Limits in shillings: Daraja portal FAQs, December 2025 (documented). */
export const limitsKes = {
  perTransaction: 250_000,
  perDay: 500_000,
  wallet: 500_000,
  b2cMin: 10,
} as const;

interface Band {
  readonly upToKes: number;
  readonly feeKes: number;
}

/**
 * B2C to registered users: Safaricom's tariff form of August 2023, posted again in 2025
 * (documented). The form stops at 150,000; its last fee is assumed to go on to 250,000.
 */
const b2cBands: readonly Band[] = [
  { upToKes: 100, feeKes: 0 },
  { upToKes: 1500, feeKes: 5 },
  { upToKes: 5000, feeKes: 9 },
  { upToKes: 20_000, feeKes: 11 },
  { upToKes: 250_000, feeKes: 13 },
];

export const b2cFeeKes = (amountKes: number): number =>
  b2cBands.find((band) => amountKes <= band.upToKes)?.feeKes ?? 0;

/**
 * Who bears the paybill fee. The names are the provider's: in the *business* bouquet the customer
 * pays all of it. `none` leaves C2B fees out, which no real short code has.
 */
export const c2bTariffs = ['none', 'business-bouquet', 'customer-bouquet', 'mgao'] as const;
export type C2bTariff = (typeof c2bTariffs)[number];

interface SharedBand {
  readonly upToKes: number;
  readonly totalKes: number;
  readonly mgaoCustomerKes: number;
}

const band = (upToKes: number, totalKes: number, mgaoCustomerKes: number): SharedBand => ({
  upToKes,
  totalKes,
  mgaoCustomerKes,
});

/** Paybill tariff: money.ke 2024 and convertksh.xyz 2025 agree (documented at second hand). */
const paybillBands: readonly SharedBand[] = [
  band(100, 0, 0),
  band(500, 5, 5),
  band(1000, 10, 10),
  band(1500, 15, 10),
  band(2500, 20, 13),
  band(3500, 25, 16),
  band(5000, 34, 16),
  band(7500, 42, 17),
  band(10_000, 48, 18),
  band(15_000, 57, 18),
  band(20_000, 62, 19),
  band(25_000, 67, 20),
  band(30_000, 72, 20),
  band(35_000, 83, 21),
  band(40_000, 99, 23),
  band(45_000, 103, 23),
  band(250_000, 108, 24),
];

export interface FeeShares {
  readonly customerKes: number;
  readonly businessKes: number;
}

export function c2bFees(amountKes: number, tariff: C2bTariff): FeeShares {
  const row = paybillBands.find((candidate) => amountKes <= candidate.upToKes);
  const totalKes = tariff === 'none' ? 0 : (row?.totalKes ?? 0);
  const customerKes = {
    none: 0,
    'business-bouquet': totalKes,
    'customer-bouquet': 0,
    mgao: row?.mgaoCustomerKes ?? 0,
  }[tariff];
  return { customerKes, businessKes: totalKes - customerKes };
}
