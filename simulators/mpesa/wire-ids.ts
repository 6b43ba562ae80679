import { compactNairobi, type EpochMs, invariant, type Prng } from '#kernel';
import type { Store } from './store.ts';

const receiptDigits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const serialSpace = 36n ** 7n;
// Coprime to 36, so that every serial number has a tail of its own.
const scatter = 48_271_000_019n;

/**
 * The first three characters of a receipt are its day in East Africa Time: year from L = 2017,
 * month A–L, day 1–9 then A–V. Derived from twelve dated samples (observed, unofficial).
 */
export function receiptDateOf(at: EpochMs): string {
  const stamp = compactNairobi(at);
  const year = Number(stamp.slice(0, 4));
  const month = Number(stamp.slice(4, 6));
  const day = Number(stamp.slice(6, 8));
  // The letters return to A after Z: 2032 follows 2031 (assumed).
  const yearLetter = receiptDigits[10 + ((((year - 2006) % 26) + 26) % 26)];
  return `${yearLetter}${receiptDigits[9 + month]}${receiptDigits[day]}`;
}

function receiptTail(serial: number): string {
  let rest = (BigInt(serial) * scatter) % serialSpace;
  let tail = '';
  for (let n = 0; n < 7; n += 1, rest /= 36n) tail = `${receiptDigits[Number(rest % 36n)]}${tail}`;
  return tail;
}

/** What stands in a failed result where the receipt would be (documented: `OAK0000000`). */
export const placeholderReceipt = (at: EpochMs): string => `${receiptDateOf(at)}0000000`;

export interface WireIds {
  receipt(at: EpochMs): string;
  /** Also the shape of `MerchantRequestID` and of a Daraja-made `OriginatorConversationID`. */
  requestId(): string;
  conversationId(at: EpochMs): string;
  checkoutRequestId(at: EpochMs, msisdn: string): string;
}

/** Ids in the provider's shapes. Their uniqueness comes from durable series, not from chance. */
export function createWireIds({ store, prng }: { store: Store; prng: Prng }): WireIds {
  const hex = (length: number): string =>
    Array.from({ length }, () => prng.between(0, 15).toString(16)).join('');
  const isFree = (id: string): boolean =>
    store.first('select 1 as taken from prompts where checkout_request_id = ?', id) === undefined;
  return {
    receipt: (at) => `${receiptDateOf(at)}${receiptTail(store.next('receipt'))}`,
    requestId: () => `${hex(4)}-4${hex(3)}-${hex(4)}-${hex(12)}${store.next('request')}`,
    conversationId: (at) => {
      const serial = store.next('conversation').toString(16).padStart(10, '0');
      return `AG_${compactNairobi(at).slice(0, 8)}_${hex(10)}${serial}`;
    },
    checkoutRequestId: (at, msisdn) => {
      const stamp = compactNairobi(at);
      const day = `${stamp.slice(6, 8)}${stamp.slice(4, 6)}${stamp.slice(0, 4)}`;
      // One digit of the second in captures of 2026, three before; more only if they clash.
      const fractions = [
        String(Math.floor((at % 1000) / 100)),
        ...Array.from({ length: 1000 }, (_, n) => String((at + n) % 1000).padStart(3, '0')),
      ];
      const id = fractions
        .map((fraction) => `ws_CO_${day}${stamp.slice(8)}${fraction}${msisdn.slice(3)}`)
        .find(isFree);
      invariant(id !== undefined, 'one phone gets at most a thousand prompts a second');
      return id;
    },
  };
}
