import { shillings, type RailId } from '#kernel';

/** Something the business sells. What it earned is told by confirmed payments only. */
export interface Stream {
  readonly id: StreamId;
  readonly name: string;
  /** The rail its customers usually pay on. */
  readonly rail: RailId;
  /** What a payer may type as account number to pay for it without a bill. */
  readonly accountReference: string;
  /** Expected takings per cycle: outside the band the stream is flagged, never corrected. */
  readonly band: Band;
}

export interface Band {
  readonly lowMinor: bigint;
  readonly highMinor: bigint;
}

export const streamIds = [
  'trading',
  'ai-services',
  'automation',
  'consultation',
  'maintenance',
  'mobile-services',
  'digital-payments',
  'airtime',
  'data-packages',
  'utilities',
] as const;
export type StreamId = (typeof streamIds)[number];

/** Eight cycles a day of the lower bounds give KES 10,000 on M-Pesa and 8,240 on Airtel. */
export const cycleHours = 3;
export const cycleMs = cycleHours * 60 * 60 * 1000;

const bandOf = (lowShillings: number, highShillings: number): Band => ({
  lowMinor: shillings(lowShillings),
  highMinor: shillings(highShillings),
});

const definitions: Record<StreamId, Omit<Stream, 'id'>> = {
  trading: {
    name: 'Trading profits',
    rail: 'mpesa',
    accountReference: 'TRADING',
    band: bandOf(500, 2_500),
  },
  'ai-services': {
    name: 'AI services',
    rail: 'mpesa',
    accountReference: 'AI',
    band: bandOf(300, 1_800),
  },
  automation: {
    name: 'Automation fees',
    rail: 'mpesa',
    accountReference: 'AUTO',
    band: bandOf(200, 1_200),
  },
  consultation: {
    name: 'Consultation',
    rail: 'mpesa',
    accountReference: 'CONSULT',
    band: bandOf(150, 950),
  },
  maintenance: {
    name: 'System maintenance',
    rail: 'mpesa',
    accountReference: 'MAINT',
    band: bandOf(100, 700),
  },
  'mobile-services': {
    name: 'Mobile services',
    rail: 'airtel',
    accountReference: 'MOBILE',
    band: bandOf(400, 2_200),
  },
  'digital-payments': {
    name: 'Digital payments',
    rail: 'airtel',
    accountReference: 'DIGITAL',
    band: bandOf(250, 1_450),
  },
  airtime: {
    name: 'Airtime sales',
    rail: 'airtel',
    accountReference: 'AIRTIME',
    band: bandOf(180, 1_080),
  },
  'data-packages': {
    name: 'Data packages',
    rail: 'airtel',
    accountReference: 'DATA',
    band: bandOf(120, 820),
  },
  utilities: {
    name: 'Utility payments',
    rail: 'airtel',
    accountReference: 'UTILITY',
    band: bandOf(80, 580),
  },
};

export const streams: readonly Stream[] = streamIds.map((id) => ({ id, ...definitions[id] }));

const byId = new Map<string, Stream>(streams.map((stream) => [stream.id, stream]));

export const findStream = (id: string): Stream | undefined => byId.get(id);

/** Payers type in capitals, small letters, with spaces and dashes; all of that is one reference. */
export const normaliseReference = (typed: string): string =>
  typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, '');

const byReference = new Map(
  streams.map((stream) => [normaliseReference(stream.accountReference), stream]),
);

export const streamOfReference = (typed: string): Stream | undefined =>
  byReference.get(normaliseReference(typed));

export type BandPosition = 'below' | 'within' | 'above';

/** Where a cycle's confirmed takings lie. */
export function bandPositionOf(band: Band, takenMinor: bigint): BandPosition {
  if (takenMinor < band.lowMinor) return 'below';
  return takenMinor > band.highMinor ? 'above' : 'within';
}
