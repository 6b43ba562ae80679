import {
  decimalOf,
  err,
  minorPerMajor,
  nationalOf,
  ok,
  type EpochMs,
  type Msisdn,
  type Result,
} from '#kernel';
import type { PayoutRequest, PromptRequest, Refused, RefundRequest } from '../rail.ts';
import type { AirtelConfig } from './config.ts';

/** Airtel's addresses; the versions are those that the application was approved for. */
export const paths = {
  token: '/auth/oauth2/token',
  encryptionKey: '/v1/rsa/encryption-keys',
  prompt: (version: AirtelConfig['collectionVersion']) => `/merchant/${version}/payments/`,
  promptQuery: (ownId: string) => `/standard/v1/payments/${encodeURIComponent(ownId)}`,
  payout: (version: AirtelConfig['payoutVersion']) =>
    version === 'v3' ? '/standard/v3/disbursements' : `/standard/${version}/disbursements/`,
  payoutQuery: (version: AirtelConfig['payoutVersion'], ownId: string) => {
    const path = `/standard/${version}/disbursements/${encodeURIComponent(ownId)}`;
    return version === 'v2' ? `${path}?transactionType=B2C` : path;
  },
  refund: '/standard/v1/payments/refund',
  balance: '/standard/v1/users/balance',
  list: (page: ListPage) =>
    `/merchant/v1/transactions?from=${Math.floor(page.fromAt / 1_000)}` +
    `&to=${Math.ceil(page.toAt / 1_000)}&limit=${page.limit}&offset=${page.offset}`,
} as const;

export interface ListPage {
  readonly fromAt: EpochMs;
  readonly toAt: EpochMs;
  readonly limit: number;
  readonly offset: number;
}

/** A refusal of our own, before a byte went out; no provider code has this form. */
export const refusedHere = (description: string): Refused => ({
  kind: 'refused',
  code: 'not-sent',
  description,
  reason: 'our-request',
  mayResend: false,
});

const latin = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '');

const referenceLength = { min: 4, max: 25 } as const;

/** 4 to 25 letters, digits and spaces: what every operating company shows unharmed. */
export function promptReferenceOf(text: string): string {
  const clean = latin(text)
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim()
    .slice(0, referenceLength.max)
    .trim();
  if (clean === '') return 'Payment';
  return clean.length < referenceLength.min ? `Ref ${clean}` : clean;
}

const payoutReferenceLength = { min: 4, max: 64 } as const;

/** 4 to 64 letters and digits, as Zambia's v2 asks; the other versions take that too. */
export function payoutReferenceOf(text: string): string {
  const clean = latin(text)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, payoutReferenceLength.max);
  return clean.length < payoutReferenceLength.min ? `Payout${clean}` : clean;
}

// What Zambia, Congo-Brazzaville and Uganda all take.
const ownIdForm = /^[A-Za-z0-9]{8,32}$/;

interface Terms {
  readonly ownId: string;
  readonly msisdn: Msisdn;
  readonly amountMinor: bigint;
}

interface WireTerms {
  readonly id: string;
  readonly msisdn: string;
  readonly amount: number;
}

function amountOf(config: AirtelConfig, amountMinor: bigint): Result<number, Refused> {
  const { transactionMinMinor: min, transactionMaxMinor: max, amountDecimals } = config;
  const stepMinor = minorPerMajor / 10n ** BigInt(amountDecimals);
  if (amountMinor % stepMinor !== 0n) {
    const decimals = `${amountDecimals} decimals, not ${decimalOf(amountMinor)}`;
    return err(refusedHere(`Airtel Money carries amounts of ${decimals}`));
  }
  if (amountMinor < min || amountMinor > max) {
    return err(refusedHere(`the amount is not within ${decimalOf(min)} to ${decimalOf(max)}`));
  }
  // Exact: two decimals below a million come back out of a binary fraction as they went in.
  return ok(Number(decimalOf(amountMinor)));
}

function termsOf(config: AirtelConfig, terms: Terms): Result<WireTerms, Refused> {
  if (!ownIdForm.test(terms.ownId)) {
    return err(refusedHere('our id is not 8 to 32 letters and digits'));
  }
  const msisdn = nationalOf(terms.msisdn);
  if (msisdn.length !== config.nationalLength) {
    return err(refusedHere(`the national number is not ${config.nationalLength} digits long`));
  }
  const amount = amountOf(config, terms.amountMinor);
  return amount.ok ? ok({ id: terms.ownId, msisdn, amount: amount.value }) : amount;
}

export function promptBody(config: AirtelConfig, request: PromptRequest): Result<string, Refused> {
  const terms = termsOf(config, request);
  if (!terms.ok) return terms;
  const { id, msisdn, amount } = terms.value;
  const { country, currency } = config;
  return ok(
    JSON.stringify({
      reference: promptReferenceOf(request.reference),
      subscriber: { country, currency, msisdn },
      transaction: { amount, country, currency, id },
    }),
  );
}

/** The body but for its PIN, which may have to be encrypted anew before each sending. */
export function payoutBody(
  config: AirtelConfig,
  request: PayoutRequest,
): Result<(encryptedPin: string) => string, Refused> {
  const terms = termsOf(config, request);
  if (!terms.ok) return terms;
  const { id, msisdn, amount } = terms.value;
  const payees = {
    v1: { msisdn },
    v2: { msisdn, currency: config.currency },
    v3: { msisdn, wallet_type: 'NORMAL' },
  } as const;
  const transaction = config.payoutVersion === 'v1' ? { amount, id } : { amount, id, type: 'B2C' };
  return ok((pin) =>
    JSON.stringify({
      payee: payees[config.payoutVersion],
      reference: payoutReferenceOf(request.remarks),
      pin,
      transaction,
    }),
  );
}

// `MP260301.1234.L06941` as a rule; what else a list may have named is let through.
const airtelIdForm = /^[A-Za-z0-9][A-Za-z0-9._-]{3,63}$/;

/** By the payment's Airtel id alone: all of it goes back, and no id of ours travels (§8). */
export function refundBody({
  receipt,
  amountMinor,
}: Pick<RefundRequest, 'receipt' | 'amountMinor'>): Result<string, Refused> {
  if (!airtelIdForm.test(receipt)) return err(refusedHere('the receipt is no id of Airtel’s'));
  if (amountMinor <= 0n) return err(refusedHere('nothing was paid, so nothing goes back'));
  return ok(JSON.stringify({ transaction: { airtel_money_id: receipt } }));
}
