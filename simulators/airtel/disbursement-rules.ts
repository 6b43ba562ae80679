import { err, ok, type Result } from '#kernel';

import { type Fields, fieldsOf } from './checks.ts';
import { disbursementCodes as codes, esb } from './codes.ts';
import { type Answer, refusalA } from './envelopes.ts';
import { amountFrom, isAbsentOr, member, nationalNumberFrom, ownIdFrom } from './fields.ts';
import type { Knobs } from './knobs.ts';
import { kenya } from './profile.ts';

export const disbursementVersions = ['v1', 'v2', 'v3'] as const;
export type DisbursementVersion = (typeof disbursementVersions)[number];
export const disbursementTypes = ['B2C', 'B2B'] as const;
export type DisbursementType = (typeof disbursementTypes)[number];

export interface DisbursementRequest {
  readonly version: DisbursementVersion;
  readonly type: DisbursementType;
  readonly ownId: string;
  readonly national: string;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly encryptedPin: string;
}

/** Documented for Zambia (sheet §10.1). */
const strictReference = /^[A-Za-z0-9]{4,64}$/;
const looseReference = /^.{1,64}$/;

const refuse = (
  message: string,
  response: string = codes.invalidRequest,
  result: string = esb.fieldValidation,
): { readonly ok: false; readonly error: Answer } => err(refusalA({ message, result, response }));

// Observed, sheet §10.6.
const missing = 'Missing header/body params';
const msisdnLength = 'Invalid Msisdn Length. Msisdn Length should be 9';
const msisdnLengthResult = '521002';
const invalidAmount =
  'Invalid Amount: The amount must not be null or blank, should contain only numeric characters, ' +
  'be greater than zero, and have a limited number of decimal places';

export interface DisbursementInput {
  readonly version: DisbursementVersion;
  readonly body: unknown;
  readonly knobs: Knobs;
}

/** Reads `POST /standard/v{1,2,3}/disbursements` (sheet §10.1) in the order of §10.6. */
export function parseDisbursement(input: DisbursementInput): Result<DisbursementRequest, Answer> {
  const { version, body, knobs } = input;
  const fields: Fields = fieldsOf(body) ?? {};
  const payee = member(fields, 'payee');
  const transaction = member(fields, 'transaction');
  const national = nationalNumberFrom(payee['msisdn']);
  if (!national.ok) {
    if (national.error === 'length') {
      return refuse(msisdnLength, codes.invalidRequest, msisdnLengthResult);
    }
    return refuse('Msisdn should not start with 0', codes.invalidRequest, esb.msisdnLeadingZero);
  }
  const amountMinor = amountFrom(transaction['amount']);
  if (amountMinor === undefined) return refuse(invalidAmount, codes.invalidAmount);
  if (amountMinor < kenya.transactionMinMinor || amountMinor > kenya.transactionMaxMinor) {
    return refuse('Amount out of range', codes.invalidAmount);
  }
  const encryptedPin = fields['pin'];
  if (typeof encryptedPin !== 'string' || encryptedPin === '') return refuse(missing);
  const reference = fields['reference'];
  const form = knobs.strictFields ? strictReference : looseReference;
  if (typeof reference !== 'string' || !form.test(reference)) return refuse('Invalid reference');
  const ownId = ownIdFrom(transaction['id'], knobs.strictFields);
  if (ownId === undefined) return refuse('Invalid transaction id');
  const type = typeFrom(version, transaction['type']);
  if (type === undefined) return refuse(missing);
  const problem = versionProblem(version, payee);
  if (problem !== undefined) return refuse(problem);
  return ok({
    version,
    type,
    ownId,
    national: national.value,
    amountMinor,
    reference,
    encryptedPin,
  });
}

/** v1 knows no type: it pays people. */
function typeFrom(version: DisbursementVersion, value: unknown): DisbursementType | undefined {
  if (version === 'v1') return 'B2C';
  return disbursementTypes.find((type) => type === value);
}

/** What only one version asks of the payee (sheet §10.1); the wording is assumed. */
function versionProblem(version: DisbursementVersion, payee: Fields): string | undefined {
  if (version === 'v2' && !isAbsentOr(payee['currency'], kenya.currency)) {
    return 'Invalid/Missing Currency';
  }
  const wallets = ['NORMAL', 'SALARY'];
  const isKnownWallet = wallets.some((wallet) => wallet === payee['wallet_type']);
  return version === 'v3' && !isKnownWallet ? 'Invalid wallet type' : undefined;
}
