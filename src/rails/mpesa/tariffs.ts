import { shillings, unreachable, type BusinessDate } from '#kernel';

/** A fee for every amount up to and including `upToMinor`, above the band before. */
interface Band {
  readonly upToMinor: bigint;
  readonly feeMinor: bigint;
}

interface SharedBand extends Band {
  /** The business's part of the fee where payer and business share it. */
  readonly sharedByBusinessMinor: bigint;
}

interface Tariff<Row extends Band> {
  /** First business day on which the table holds. */
  readonly effectiveFrom: string;
  readonly source: string;
  readonly bands: readonly Row[];
}

const bands = (rows: readonly (readonly [upTo: number, fee: number])[]): readonly Band[] =>
  rows.map(([upTo, fee]) => ({ upToMinor: shillings(upTo), feeMinor: shillings(fee) }));

/**
 * What a payout to a registered customer costs the business. The form names the month only (the
 * 1st is assumed) and stops at 150,000; the last fee is assumed to hold up to today's 250,000.
 */
export const payoutTariffs: readonly Tariff<Band>[] = [
  {
    effectiveFrom: '2023-08-01',
    source: 'Safaricom B2C tariff form, August 2023, posted again 2025',
    bands: bands([
      [100, 0],
      [1_500, 5],
      [5_000, 9],
      [20_000, 11],
      [250_000, 13],
    ]),
  },
];

const sharedBands = (
  rows: readonly (readonly [upTo: number, fee: number, business: number])[],
): readonly SharedBand[] =>
  rows.map(([upTo, fee, business]) => ({
    upToMinor: shillings(upTo),
    feeMinor: shillings(fee),
    sharedByBusinessMinor: shillings(business),
  }));

/**
 * Paybill tariffs. Two independent tables of 2024 and 2025 agree; the day is assumed. Buy goods is
 * left out: its rate after the excise change of 2023 could not be verified.
 */
export const paybillTariffs: readonly Tariff<SharedBand>[] = [
  {
    effectiveFrom: '2024-01-01',
    source: 'money.ke 2024, convertksh.xyz 2025',
    bands: sharedBands([
      [100, 0, 0],
      [500, 5, 0],
      [1_000, 10, 0],
      [1_500, 15, 5],
      [2_500, 20, 7],
      [3_500, 25, 9],
      [5_000, 34, 18],
      [7_500, 42, 25],
      [10_000, 48, 30],
      [15_000, 57, 39],
      [20_000, 62, 43],
      [25_000, 67, 47],
      [30_000, 72, 52],
      [35_000, 83, 62],
      [40_000, 99, 76],
      [45_000, 103, 80],
      [250_000, 108, 84],
    ]),
  },
];

/** Safaricom's names read the wrong way round: under *business bouquet* the customer pays all. */
export const paybillPlans = ['business-bouquet', 'customer-bouquet', 'mgao'] as const;
export type PaybillPlan = (typeof paybillPlans)[number];

function bandOn<Row extends Band>(
  tariffs: readonly Tariff<Row>[],
  question: { readonly amountMinor: bigint; readonly on: BusinessDate },
): Row | undefined {
  if (question.amountMinor <= 0n) return undefined;
  const tariff = tariffs.findLast(({ effectiveFrom }) => effectiveFrom <= question.on);
  return tariff?.bands.find(({ upToMinor }) => question.amountMinor <= upToMinor);
}

/** The fee of one payout on a business day; undefined where no table covers it. */
export const payoutFeeMinor = (amountMinor: bigint, on: BusinessDate): bigint | undefined =>
  bandOn(payoutTariffs, { amountMinor, on })?.feeMinor;

/** The business's part of the fee on one paybill payment; undefined where no table covers it. */
export function paybillFeeMinor(question: {
  readonly amountMinor: bigint;
  readonly on: BusinessDate;
  readonly plan: PaybillPlan;
}): bigint | undefined {
  const band = bandOn(paybillTariffs, question);
  if (band === undefined) return undefined;
  switch (question.plan) {
    case 'business-bouquet':
      return 0n;
    case 'customer-bouquet':
      return band.feeMinor;
    case 'mgao':
      return band.sharedByBusinessMinor;
    default:
      return unreachable(question.plan, 'a paybill plan');
  }
}
