import { minorPerMajor } from '#kernel';

/** What is known of the fees for one receipt. */
export interface FeeFacts {
  /** What the provider took, by every line there is for the receipt. */
  readonly chargedMinor: bigint;
  /** What the books have as its fee, earlier corrections included. */
  readonly bookedMinor: bigint;
  /** By the tariff of that day; undefined where none is known. */
  readonly expectedMinor: bigint | undefined;
}

export interface FeeDecision {
  /** Above zero: the books lack it. Below: they have too much. */
  readonly correctionMinor: bigint;
  /** The tariff says something else by more than a shilling. */
  readonly differs: boolean;
}

/** Tariffs are in whole shillings; providers round taxes to cents. */
const toleranceMinor = minorPerMajor;

/** The provider's word is what is booked; the tariff only says whether to wonder. */
export function decideFee({ chargedMinor, bookedMinor, expectedMinor }: FeeFacts): FeeDecision {
  const away = expectedMinor === undefined ? 0n : chargedMinor - expectedMinor;
  return {
    correctionMinor: chargedMinor - bookedMinor,
    differs: away > toleranceMinor || -away > toleranceMinor,
  };
}
