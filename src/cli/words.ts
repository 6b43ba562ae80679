import {
  compactNairobi,
  formatMoney,
  parseAmountMinor,
  railNames,
  shillings,
  type EpochMs,
  type RailId,
} from '#kernel';
import type { Status } from '#api/contract';

/** `4320` → `KES 4,320` */
export const kes = (amount: number): string => formatMoney(shillings(amount));

/** `4320` → `4,320`, where the currency is plain from what stands around. */
export const figure = (amount: number): string => kes(amount).replace('KES ', '');

/** `"4320.50"` → `KES 4,320.50`; what is no amount is shown as it came. */
export function kesOfDecimal(amount: string): string {
  const parsed = parseAmountMinor(amount);
  return parsed.ok ? formatMoney(parsed.value) : amount;
}

/** Milliseconds of an ISO 8601 instant; what is none reads as the beginning of time. */
export function epochOf(iso: string): EpochMs {
  try {
    return Temporal.Instant.from(iso).epochMilliseconds;
  } catch {
    return 0;
  }
}

/** `14:05:09` in Nairobi. */
export function clockTime(at: EpochMs): string {
  const digits = compactNairobi(at);
  return `${digits.slice(8, 10)}:${digits.slice(10, 12)}:${digits.slice(12, 14)}`;
}

/** `14:05` */
export const hourAndMinute = (at: EpochMs): string => clockTime(at).slice(0, 5);

/** `2026-11-23 14:05` in Nairobi. */
export function dayAndTime(at: EpochMs): string {
  const digits = compactNairobi(at);
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return `${day} ${hourAndMinute(at)}`;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `0.9 s`, `45 s`, `12 min`, `2 h 5 min`, `3 days 4 h` */
export function duration(tookMs: number): string {
  const ms = Math.max(0, tookMs);
  if (ms < 10 * secondMs) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < minuteMs) return `${Math.floor(ms / secondMs)} s`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min`;
  if (ms < dayMs) {
    return `${Math.floor(ms / hourMs)} h ${Math.floor((ms % hourMs) / minuteMs)} min`;
  }
  const days = Math.floor(ms / dayMs);
  return `${counted(days, 'day')} ${Math.floor((ms % dayMs) / hourMs)} h`;
}

/** `1 payment`, `3 payments` */
export const counted = (count: number, noun: string): string =>
  `${count} ${count === 1 ? noun : `${noun}s`}`;

type Outlook = NonNullable<Status['transfers'][RailId]>;
type HoldReason = Extract<Outlook['next'], { readonly kind: 'hold' }>['why'];

/** ` until 06:00`, where an end is known. */
function endOf({ next }: Outlook, otherwise = ''): string {
  if (next.kind !== 'hold' || next.until === undefined) return otherwise;
  return ` until ${dayAndTime(epochOf(next.until))}`;
}

/** Why today's transfer to the owner has not gone out. */
export const holdWords = {
  'switched-off': () => 'switched off: the daily amount is 0',
  'no-payout-number': () => 'no phone number to send to is set',
  'number-not-confirmed': () => 'nobody confirmed the phone number yet: see `qmoi payees`',
  'engine-stopped': () => 'waits until the engine is switched on again',
  'done-today': ({ cap }) => `today's ${kes(cap)} is sent or on its way`,
  'credentials-refused': () =>
    'the provider did not take our password or PIN: correct it, then send one by hand',
  'number-cooling': (outlook) =>
    `the phone number is new: waits${endOf(outlook, ' a day after its confirmation')}`,
  'daily-limit': ({ cap }) => `the phone cannot receive another ${kes(cap)} today`,
  'combined-cap': () => 'both rails together have sent what a day may send',
  'cancelled-today': () => 'cancelled today; tomorrow it goes again, today by hand',
  'failed-too-often': () => 'failed too often today; it is tried again tomorrow, or by hand',
  'trigger-not-reached': ({ trigger }) => `waits until the day has earned ${kes(trigger)}`,
  reserve: ({ cap, reserve }) =>
    `waits until the wallet holds ${kes(cap)} above its reserve of ${kes(reserve)}`,
  'cap-out-of-range': ({ cap }) => `${kes(cap)} is not what the provider sends in one transfer`,
  'quiet-hours': (outlook) => `due, and waits for the end of the quiet hours${endOf(outlook)}`,
  'float-low': ({ cap }) => `due, but the provider's wallet holds less than ${kes(cap)}`,
} as const satisfies Record<HoldReason, (outlook: Outlook) => string>;

/** What becomes of a rail's transfer to the owner today. */
export function transferWords(outlook: Outlook | null): string {
  if (outlook === null) return 'the rail is not set up';
  const { next } = outlook;
  if (next.kind === 'hold') return holdWords[next.why](outlook);
  return `${kes(next.amount)} goes out at the next check`;
}

/** Where a rail's full name would not fit. */
export const shortNames: Readonly<Record<RailId, string>> = { mpesa: 'M-Pesa', airtel: 'Airtel' };

export const railName = (rail: RailId | null): string =>
  rail === null ? 'engine' : railNames[rail];
