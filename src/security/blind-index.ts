import { createHmac } from 'node:crypto';

import type { BusinessId, Msisdn } from '#kernel';

import type { Keys } from './keys.ts';

/** A number's place in an index that does not give the number away, not even to guessing. */
export type BlindIndex = (msisdn: Msisdn) => Buffer;

const lengthBytes = 16;

/**
 * A plain hash of a phone number is undone by trying all 200 million of them; a keyed one is not.
 * The business is hashed in, so that two businesses cannot compare their customers.
 */
export const createBlindIndex =
  (deps: { readonly keys: Keys; readonly businessId: BusinessId }): BlindIndex =>
  (msisdn) =>
    createHmac('sha256', deps.keys.blindIndex)
      .update(`msisdn|${deps.businessId}|${msisdn}`)
      .digest()
      .subarray(0, lengthBytes);
