import {
  dayMs,
  maskMsisdn,
  railHintOf,
  railNames,
  shillings,
  type EpochMs,
  type Msisdn,
  type PayeeId,
  type RailId,
  type TransferId,
} from '#kernel';

export type PayeeState = 'unconfirmed' | 'testing' | 'confirmed' | 'refused';

/** A number that money may go to, once its owner has shown to hold the phone. */
export interface Payee {
  readonly id: PayeeId;
  readonly rail: RailId;
  readonly state: PayeeState;
  readonly msisdn: Msisdn;
  readonly label: string;
  /** The number of the configuration, to which sweeps go. */
  readonly active: boolean;
  readonly activatedAt: EpochMs | undefined;
  /** It took another number's place. */
  readonly replaces: boolean;
  readonly addedBy: string;
  readonly addedAt: EpochMs;
  readonly testId: TransferId | undefined;
  /** Wrong receipts since the test was sent. */
  readonly tries: number;
  readonly confirmedBy: string | undefined;
  readonly confirmedAt: EpochMs | undefined;
}

export const triesMax = 5;
/** The receipt of a test means something for as long as its message is fresh. */
export const testValidMs = dayMs;
/** A changed number is not swept to at once: its owner has a day to notice. */
export const coolingMs = dayMs;
/** The least that M-Pesa sends; a rail with a higher minimum sends that. */
export const testAmountMinor = shillings(10);

/** How far a number may be used. */
export interface Trust {
  readonly confirmed: boolean;
  /** Automatic transfers wait until then. */
  readonly coolingUntil: EpochMs | undefined;
}

/** In the sandbox the configured number counts as confirmed: there is no phone to read. */
export function trustIn(
  payee: Payee | undefined,
  facts: {
    readonly mode: 'sandbox' | 'live';
    readonly isConfigured: boolean;
    readonly now: EpochMs;
  },
): Trust {
  if (payee?.state !== 'confirmed') {
    const confirmed = facts.mode === 'sandbox' && facts.isConfigured;
    return { confirmed, coolingUntil: undefined };
  }
  const since = Math.max(payee.confirmedAt ?? 0, payee.activatedAt ?? 0);
  const cools = facts.mode === 'live' && payee.active && payee.replaces;
  const until = since + coolingMs;
  return { confirmed: true, coolingUntil: cools && facts.now < until ? until : undefined };
}

/** A hint only: numbers can be ported, so nothing is refused on it. */
export function networkWarning({
  rail,
  msisdn,
}: Pick<Payee, 'rail' | 'msisdn'>): string | undefined {
  const hint = railHintOf(msisdn);
  if (hint === rail) return undefined;
  const whose = hint === undefined ? 'neither rail’s range' : `the range of ${railNames[hint]}`;
  return `${maskMsisdn(msisdn)} lies in ${whose}. Numbers can be ported: let a test decide.`;
}
