import { err, ok, type Result } from '#kernel';

import { type Fields, fieldsOf } from './checks.ts';
import { collectionCodes, esb } from './codes.ts';
import { type Answer, refusalA } from './envelopes.ts';
import { amountFrom, isAbsentOr, member, nationalNumberFrom, ownIdFrom } from './fields.ts';
import type { Knobs } from './knobs.ts';
import { kenya } from './profile.ts';

export interface CollectionRequest {
  readonly ownId: string;
  readonly national: string;
  readonly amountMinor: bigint;
  readonly reference: string;
}

/** Documented as safe (sheet §6.1): 4 to 25 letters, digits and blanks. */
const strictReference = /^[A-Za-z0-9 ]{4,25}$/;
const looseReference = /^.{1,64}$/;

const invalidAmountText =
  'Invalid Amount: The amount must not be null or blank, should contain only numeric characters, ' +
  'be greater than zero, and have a limited number of decimal places';

const msisdnProblems = {
  length: {
    message: 'Invalid Msisdn Length. Msisdn Length should be 9',
    result: esb.msisdnLength,
  },
  'leading-zero': {
    message: 'Msisdn should not start with 0',
    result: esb.msisdnLeadingZero,
  },
} as const;

/**
 * Reads `POST /merchant/v{1,2}/payments/` (sheet §6.1). Refusals: §6.3; the words and which ESB
 * code goes with which field are put together from §11.4 (assumed).
 */
export function parseCollection(body: unknown, knobs: Knobs): Result<CollectionRequest, Answer> {
  const refuse = (
    message: string,
    result: string,
    response?: string,
  ): { ok: false; error: Answer } =>
    err(
      refusalA(
        { message, result, ...(response === undefined ? {} : { response }) },
        knobs.fieldErrorHttp,
      ),
    );
  const fields: Fields = fieldsOf(body) ?? {};
  const subscriber = member(fields, 'subscriber');
  const transaction = member(fields, 'transaction');
  const reference = fields['reference'];
  const form = knobs.strictFields ? strictReference : looseReference;
  if (typeof reference !== 'string' || !form.test(reference)) {
    return refuse('Invalid reference', esb.fieldValidation);
  }
  const places = [subscriber, transaction];
  if (!places.every((place) => isAbsentOr(place['country'], kenya.country))) {
    return refuse('Invalid Country Code', esb.country);
  }
  if (!places.every((place) => isAbsentOr(place['currency'], kenya.currency))) {
    return refuse('Invalid/Missing Currency', esb.currency);
  }
  const national = nationalNumberFrom(subscriber['msisdn']);
  if (!national.ok) {
    const { message, result } = msisdnProblems[national.error];
    return refuse(message, result);
  }
  const amountMinor = amountFrom(transaction['amount']);
  if (amountMinor === undefined || amountMinor < kenya.transactionMinMinor) {
    return refuse(invalidAmountText, esb.fieldValidation, collectionCodes.invalidAmount);
  }
  const ownId = ownIdFrom(transaction['id'], knobs.strictFields);
  if (ownId === undefined) return refuse('Invalid transaction id', esb.fieldValidation);
  if (amountMinor > kenya.transactionMaxMinor) {
    // Assumed: a limit that no wallet can meet is refused before there is a transaction.
    return refuse('Transaction limit exceeded', esb.failed, collectionCodes.limitExceeded);
  }
  return ok({ ownId, national: national.value, amountMinor, reference });
}
