import { decimalOf, formatMoney } from '#kernel';

import { accountCodes, esb, kycCodes } from './codes.ts';
import type { Context } from './context.ts';
import { type Answer, envelopeA, refusalA } from './envelopes.ts';
import { nationalNumberFrom } from './fields.ts';
import { type Journal, merchant, type Truth, type TruthKind } from './journal.ts';
import type { Knobs } from './knobs.ts';
import type { Phone, Phones } from './phones.ts';
import { kenya } from './profile.ts';

export type Query = Readonly<Record<string, string | undefined>>;

export interface Lookups {
  /** `type` belongs to v2; v1 has none. */
  balance(version: 'v1' | 'v2', query: Query): Answer;
  user(national: string): Answer;
  transactions(query: Query): Answer;
}

const accountTypes = ['COLL', 'DISB', 'CASHIN', 'CASHOUT'];
const pageLimitUsual = 100;
const pageLimitMax = 1000;

const success = { message: 'SUCCESS', result: esb.success, success: true } as const;

/** Sheet §13.1: a text with thousands commas. All types show the one wallet (assumed). */
const balanceText = (amountMinor: bigint): string => {
  const cents = decimalOf(amountMinor).slice(-3);
  return `${formatMoney(amountMinor - (amountMinor % 100n), kenya.currency).slice(4)}${cents}`;
};

export function createLookups(context: Context, { journal, phones }: LookupParts): Lookups {
  return {
    balance: (version, { type }) => {
      if (version === 'v2' && !accountTypes.some((known) => known === type)) {
        return refusalA({
          message: 'Invalid type',
          result: esb.fieldValidation,
          response: accountCodes.failed,
        });
      }
      const balance = balanceText(journal.balanceOf(merchant));
      return envelopeA(
        { ...success, response: accountCodes.success },
        { data: { balance, currency: kenya.currency, account_status: 'Active' } },
      );
    },
    user: (national) => {
      const parsed = nationalNumberFrom(national);
      const phone = parsed.ok ? phones.find(parsed.value) : undefined;
      return phone?.registered === true ? userAnswer(phone) : userNotFoundAnswer;
    },
    transactions: (query) => transactionsAnswer(query, { journal, phones, context }),
  };
}

export interface LookupParts {
  readonly journal: Journal;
  readonly phones: Phones;
}

// Sheet §13.2; HTTP 200 assumed.
const userNotFoundAnswer = refusalA({
  message: 'User not found',
  result: esb.notFound,
  response: kycCodes.notFound,
});

function userAnswer({ name, barred, pinSet, national }: Phone): Answer {
  const [firstName = '', ...rest] = name.split(' ');
  const found = {
    first_name: firstName,
    last_name: rest.join(' '),
    grade: 'SUBS',
    is_barred: barred,
    is_pin_set: pinSet,
    msisdn: national,
    registration: { status: 'SUBS' },
  };
  return envelopeA({ ...success, response: kycCodes.success }, { data: found });
}

/** MERCHPAY documented (sheet §13.3), the other two assumed. */
const serviceTypes: Readonly<Record<TruthKind, string>> = {
  collection: 'MERCHPAY',
  disbursement: 'B2C',
  refund: 'MERCHREFUND',
};

const wholeNumberFrom = (text: string | undefined, otherwise: number): number | undefined => {
  if (text === undefined) return otherwise;
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
};

/** Sheet §13.3. Newest first and `count` as the total of the window are assumed. */
function transactionsAnswer(query: Query, parts: LookupParts & { context: Context }): Answer {
  const now = Math.floor(parts.context.clock.now() / 1000);
  const from = wholeNumberFrom(query['from'], 0);
  const to = wholeNumberFrom(query['to'], now);
  const limit = wholeNumberFrom(query['limit'], pageLimitUsual);
  const offset = wholeNumberFrom(query['offset'], 0);
  if (from === undefined || to === undefined || limit === undefined || offset === undefined) {
    return refusalA({ message: 'Invalid parameters', result: esb.fieldValidation });
  }
  const { count, found } = parts.journal.truthBetween({
    from: from * 1000,
    to: to * 1000 + 999,
    limit: Math.min(limit, pageLimitMax),
    offset,
  });
  const transactions = found.map((truth) => summaryOf(truth, parts));
  return envelopeA(success, { data: { count, transactions } });
}

/** `id` is empty for money that no request of the merchant started (§13.3). */
function namesIn(
  { kind, ownId = '', reference, refundOf }: Truth,
  refundRowNames: Knobs['refundRowNames'],
): object {
  if (kind !== 'refund') return { id: ownId, reference_number: reference };
  return {
    id: refundRowNames === 'own-id' ? ownId : '',
    reference_number: refundRowNames === 'payment' ? (refundOf ?? '') : reference,
  };
}

function summaryOf(truth: Truth, { phones, context }: LookupParts & { context: Context }): object {
  const { currency } = kenya;
  const name = phones.find(truth.national)?.name ?? '';
  const customer = { currency, msisdn: truth.national, name };
  const shop = { currency, msisdn: '', name: context.config.merchantName };
  const isInward = truth.kind === 'collection';
  return {
    charges: { service: Number(decimalOf(truth.feeMinor)) },
    payee: isInward ? shop : customer,
    payer: isInward ? customer : shop,
    service: { type: serviceTypes[truth.kind] },
    transaction: {
      airtel_money_id: truth.airtelId,
      amount: Number(decimalOf(truth.amountMinor)),
      created_at: Math.floor(truth.at / 1000),
      ...namesIn(truth, context.knobs().refundRowNames),
      status: 'TS',
    },
  };
}
