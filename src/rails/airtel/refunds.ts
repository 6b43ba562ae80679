import type { Clock, Currency } from '#kernel';
import { isSuccess } from '../http.ts';
import type { PayoutSubmission, PayoutVerdict, Refunds } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import type { AirtelClient, Exchange } from './client.ts';
import { decisiveCode } from './decisive.ts';
import { readSummary } from './list.ts';
import { paths, refundBody } from './requests.ts';
import {
  isGivenUp,
  isSettledWord,
  transactionOf,
  wordOfRejection,
  wordOfUnanswered,
} from './translate.ts';
import { amountMinorOf, listRow, nairobiTimeOf, readAnswer, timeInMoneyId } from './wire.ts';

/** As long as a payout: the refund settles while we wait. */
const refundTimeoutMs = 75_000;
/** Airtel's clock and ours may differ, and its row may be older than our own mark. */
const clockLeewayMs = 5 * 60_000;

/** Documented: `SUCCESS`. In an enquiry's words it would be `TS`. */
const refundedWords = new Set(['SUCCESS', 'TS']);

/**
 * A second refund should be refused as already reversed; under which code is not documented, so the
 * words are heeded as well. After an attempt of ours whose answer was lost this is no failure.
 */
const givenBackBefore = /\balready\b|\bduplicate\b|revers|refunded/i;

export function refundSubmissionOf(exchange: Exchange, original: string): PayoutSubmission {
  if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
  const answer = readAnswer(exchange.json);
  const decisive = decisiveCode(answer.codes, 'refund');
  const transaction = transactionOf(answer);
  const isTold = isSuccess(exchange.status) && transaction?.status !== undefined;
  if (isTold && refundedWords.has(transaction.status?.toUpperCase() ?? '')) {
    // “In process” beside it is what a prompt's answer looks like: asked, not done.
    const agrees = decisive === undefined || decisive.ruling === 'done';
    if (!agrees) return unknownBecause(`status ${transaction.status}, code ${decisive.code}`);
    const receipt = transaction.airtelMoneyId;
    if (receipt === undefined) return unknownBecause('a refund without a receipt');
    if (receipt === original) return unknownBecause('a refund under the payment’s own receipt');
    return { kind: 'completed', receipt, completedAt: undefined, raw: exchange.raw };
  }
  if (isTold && transaction.status !== 'TF') return unknownBecause(`status ${transaction.status}`);
  if (givenBackBefore.test(answer.message)) {
    const code = decisive?.code ?? `HTTP ${exchange.status}`;
    return unknownBecause(`code ${code}: the payment may have been given back before`);
  }
  if (decisive?.ruling === 'not-found' && !isGivenUp(exchange.status)) {
    // Asked of a payment, not of an id of ours: there is nothing to give back.
    const { code } = decisive;
    const description = 'Airtel knows no payment of this number.';
    return { kind: 'refused', code, description, reason: 'our-request', mayResend: false };
  }
  return wordOfRejection(exchange, answer, decisive);
}

// The list --------------------------------------------------------------------------------------

/** No type of refunds is documented; these words are assumed. */
const refundType = /refund|revers/i;
const failedWord = /^(?:TF|TE|(?:transaction )?fail(?:ed|ure)?)$/i;

/** Every text in a row but the row's own id, however deep. */
function textsIn(value: unknown, depthMax = 4): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null || depthMax === 0) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) =>
    name === 'airtel_money_id' ? [] : textsIn(inner, depthMax - 1),
  );
}

/** Whole words, so that no id is found in a longer one; a full stop may end a sentence. */
const wordsOf = (text: string): readonly string[] =>
  text.split(/[^A-Za-z0-9._-]+/).map((word) => word.replace(/[._-]+$/, ''));

interface RefundRow {
  readonly isNamed: boolean;
  readonly state: 'settled' | 'failed' | 'open';
  readonly receipt: string | undefined;
  readonly amountMinor: bigint | undefined;
  readonly createdAt: unknown;
  readonly raw: string;
}

/** What was paid, to be found given back. */
interface Original {
  readonly receipt: string;
  /** Our own id of the payment, where the list was asked for it. */
  readonly ownId?: string | undefined;
  readonly amountMinor: bigint;
  readonly currency: Currency;
}

function refundRowOf(json: unknown, original: Original): RefundRow | undefined {
  const row = listRow.safeParse(json);
  if (!row.success || !refundType.test(row.data.service.type)) return undefined;
  const { transaction, payer } = row.data;
  const isOurCurrency = payer?.currency === undefined || payer.currency === original.currency;
  const status = transaction?.status ?? '';
  const failed = failedWord.test(status) ? 'failed' : 'open';
  return {
    isNamed:
      textsIn(json).flatMap(wordsOf).includes(original.receipt) ||
      (original.ownId !== undefined && transaction?.id === original.ownId),
    state: isSettledWord(status) ? 'settled' : failed,
    receipt: transaction?.airtel_money_id,
    amountMinor: isOurCurrency ? amountMinorOf(transaction?.amount) : undefined,
    createdAt: transaction?.created_at,
    raw: JSON.stringify(json),
  };
}

/**
 * What the list proves about a refund. Proof is a settled row of a refund's type with the amount
 * that was paid, which names the payment: by its Airtel id, in whichever field, or by our own id of
 * it as the row's id (assumed, both: no field is documented). The amount alone proves nothing.
 * Absence proves nothing either: a row may name no payment.
 */
export function refundVerdictOf(rows: readonly unknown[], original: Original): PayoutVerdict {
  const { amountMinor } = original;
  const refunds = rows.flatMap((row) => refundRowOf(row, original) ?? []);
  const named = refunds.filter(({ isNamed }) => isNamed);
  const settled = named.find(({ state }) => state === 'settled');
  if (settled !== undefined) {
    const { receipt, createdAt, raw } = settled;
    if (
      receipt === undefined ||
      receipt === original.receipt ||
      settled.amountMinor !== amountMinor
    ) {
      return unknownBecause('the list has this refund with another amount or without a receipt');
    }
    const completedAt = nairobiTimeOf(createdAt) ?? timeInMoneyId(receipt);
    return { kind: 'completed', receipt, completedAt, raw };
  }
  if (named.some(({ state }) => state === 'open')) return { kind: 'pending' };
  if (named.length > 0) return unknownBecause('the list has only a failed refund of this payment');
  const alike = refunds.filter((row) => !row.isNamed && row.amountMinor === amountMinor).length;
  return unknownBecause(
    alike === 0
      ? 'no refund of this payment is on the list'
      : `the list has ${alike} refunds of this amount, and none names this payment`,
  );
}

/** Before and after the minute that the payment's id names. */
const aroundMs = { before: 2 * 60_000, after: 3 * 60_000 } as const;

/** Our own id of a payment, by its row on the list; undefined where there is none to be had. */
async function ownIdOf(client: AirtelClient, receipt: string): Promise<string | undefined> {
  const paidAt = timeInMoneyId(receipt);
  if (paidAt === undefined) return undefined;
  const period = { fromAt: paidAt - aroundMs.before, toAt: paidAt + aroundMs.after };
  const summary = await readSummary(client, period);
  const rows = summary.kind === 'rows' ? summary.rows : [];
  const transactions = rows.map((row) => listRow.safeParse(row).data?.transaction);
  return transactions.find((one) => one?.airtel_money_id === receipt)?.id;
}

interface RefundDeps {
  readonly client: AirtelClient;
  readonly clock: Clock;
  readonly currency: Currency;
}

/** A refund is sent once and never again: there is no id of ours that Airtel could know it by. */
export const createRefunds = ({ client, clock, currency }: RefundDeps): Refunds => ({
  send: async (request) => {
    const body = refundBody(request);
    if (!body.ok) return body.error;
    const exchange = await client.order({
      path: paths.refund,
      timeoutMs: refundTimeoutMs,
      compose: () => Promise.resolve(body),
    });
    return refundSubmissionOf(exchange, request.receipt);
  },
  query: async ({ receipt, amountMinor, sentAt }) => {
    const period = { fromAt: sentAt - clockLeewayMs, toAt: clock.now() };
    const summary = await readSummary(client, period);
    if (summary.kind !== 'rows') return summary;
    const original = { receipt, amountMinor, currency };
    const verdict = refundVerdictOf(summary.rows, original);
    const hasRefunds = summary.rows.some((row) => refundRowOf(row, original) !== undefined);
    if (verdict.kind !== 'unknown' || !hasRefunds) return verdict;
    // A row that does not name the payment's Airtel id may still name our own.
    const ownId = await ownIdOf(client, receipt);
    return ownId === undefined ? verdict : refundVerdictOf(summary.rows, { ...original, ownId });
  },
});
