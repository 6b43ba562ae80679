import { unreachable, type Currency } from '#kernel';
import type { OwnIdHint } from '../event.ts';
import { isSuccess } from '../http.ts';
import type {
  BalanceAnswer,
  FailureReason,
  ListedPayment,
  NotKnown,
  PayoutSubmission,
  PayoutVerdict,
  PromptSubmission,
  PromptVerdict,
  ProviderWord,
  Refused,
} from '../rail.ts';
import { refusedCredentials, refusedUnsent, unknownBecause } from '../words.ts';
import type { Exchange } from './client.ts';
import { unknownNumberAtSubmission, unknownNumberCode } from './codes.ts';
import { decisiveCode, isPinCode, type Decisive, type Product } from './decisive.ts';
import {
  amountMinorOf,
  balanceData,
  listData,
  listRow,
  nairobiTimeOf,
  readAnswer,
  timeInMoneyId,
  type AirtelAnswer,
  type WireCallback,
  type WireTransaction,
} from './wire.ts';

type Answered = Extract<Exchange, { kind: 'answer' }>;
type Unanswered = Exclude<Exchange, { kind: 'answer' }>;

/** The request may have been processed behind a gateway that gave up. */
export const isGivenUp = (status: number): boolean => status === 408 || status >= 500;

/** What a call without an answer lets us say of an order. */
export function wordOfUnanswered(exchange: Unanswered): Refused | NotKnown {
  switch (exchange.kind) {
    case 'credentials-refused':
      return refusedCredentials(exchange);
    case 'not-sent':
      return refusedUnsent(exchange.cause);
    case 'lost':
      return unknownBecause(exchange.cause);
    default:
      return unreachable(exchange, 'an exchange');
  }
}

/** The same for calls that only ask: whatever went wrong, nothing was learned. */
function unlearned(exchange: Unanswered): NotKnown {
  return exchange.kind === 'credentials-refused'
    ? unknownBecause(`Airtel refused our credentials, code ${exchange.code}`)
    : unknownBecause(exchange.cause);
}

const said = (answer: AirtelAnswer, ours: string): string =>
  answer.message === '' ? ours : answer.message;

export const transactionOf = ({ transaction }: AirtelAnswer): WireTransaction | undefined =>
  transaction === 'rejected' ? undefined : transaction;

/** An answer about another transaction says nothing about ours. */
const isAboutAnother = (answer: AirtelAnswer, ownId: string): boolean => {
  const id = transactionOf(answer)?.id;
  return id !== undefined && id !== ownId;
};
const aboutAnother = unknownBecause('an answer about another transaction');

// Submissions ------------------------------------------------------------------------------------

/** No code to go by: gateways and proxies answer in HTML or not at all. */
function wordOfBareStatus(status: number, answer: AirtelAnswer): Refused | NotKnown {
  const code = `HTTP ${status}`;
  const refusal = (reason: FailureReason): Refused => ({
    kind: 'refused',
    code,
    description: said(answer, code),
    reason,
    mayResend: false,
  });
  switch (status) {
    case 400:
    case 404:
    case 405:
    case 413:
    case 415:
    case 422:
      return refusal('our-request');
    case 401:
    case 403:
      return refusal('our-credentials');
    default:
      return unknownBecause(isSuccess(status) ? `${code} that says nothing` : code);
  }
}

function wordOfCode(decisive: Decisive, answer: AirtelAnswer): Refused | NotKnown {
  const { code, ruling, reason, meaning } = decisive;
  const refusal = { kind: 'refused', code, description: said(answer, meaning), reason } as const;
  switch (ruling) {
    case 'final':
    case 'our-fault':
      return { ...refusal, mayResend: false };
    case 're-key':
    case 'retryable':
      // Not processed; the one remedy has been tried by now.
      return { ...refusal, mayResend: true };
    case 'duplicate':
      return unknownBecause('duplicate own id');
    case 'done':
    case 'pending':
    case 'not-found':
    case 'unknown':
      return unknownBecause(`code ${code}`);
    default:
      return unreachable(ruling, 'a ruling');
  }
}

/** An order's answer that says neither “taken” nor “done”. */
export function wordOfRejection(
  { status }: Answered,
  answer: AirtelAnswer,
  decisive: Decisive | undefined,
): Refused | NotKnown {
  // Whatever it came with: another try with a wrong PIN could lock the wallet.
  if (decisive !== undefined && isPinCode(decisive)) return wordOfCode(decisive, answer);
  if (isGivenUp(status)) {
    return unknownBecause(`HTTP ${status}${decisive === undefined ? '' : `, ${decisive.code}`}`);
  }
  if (status === 429) {
    const description = said(answer, 'Airtel asks to slow down.');
    const code = 'HTTP 429';
    return { kind: 'refused', code, description, reason: 'provider-down', mayResend: true };
  }
  // A router that only repeats its HTTP status says no more than the status.
  const saysMore = decisive !== undefined && decisive.code !== String(status);
  return saysMore ? wordOfCode(decisive, answer) : wordOfBareStatus(status, answer);
}

/** `SUCCESS` here means that the phone was asked, never that it paid. */
const takenWords = new Set(['SUCCESS', 'TIP', 'TS']);

export function promptSubmissionOf(exchange: Exchange, ownId: string): PromptSubmission {
  if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
  const answer = readAnswer(exchange.json);
  const decisive = decisiveCode(answer.codes, 'prompt');
  if (isSuccess(exchange.status)) {
    if (isAboutAnother(answer, ownId)) return aboutAnother;
    const isTaken =
      takenWords.has(transactionOf(answer)?.status?.toUpperCase() ?? '') &&
      (decisive?.ruling === 'pending' || decisive?.ruling === 'done');
    if (isTaken) return { kind: 'accepted', providerRequestId: ownId };
  }
  const word =
    decisive?.code === unknownNumberCode ? { ...decisive, ...unknownNumberAtSubmission } : decisive;
  return wordOfRejection(exchange, answer, word);
}

export function payoutSubmissionOf(exchange: Exchange, ownId: string): PayoutSubmission {
  if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
  const answer = readAnswer(exchange.json);
  const decisive = decisiveCode(answer.codes, 'payout');
  if (!isSuccess(exchange.status)) return wordOfRejection(exchange, answer, decisive);
  if (isAboutAnother(answer, ownId)) return aboutAnother;
  const transaction = transactionOf(answer);
  const accepted = { kind: 'accepted', providerRequestId: ownId } as const;
  switch (transaction?.status) {
    case 'TS': {
      const receipt = receiptOf(transaction);
      if (receipt === undefined) return unknownBecause('status TS without a receipt');
      return { kind: 'completed', receipt, completedAt: undefined, raw: exchange.raw };
    }
    case 'TIP':
      return accepted;
    case 'TF': {
      const word = wordOfRejection(exchange, answer, decisive);
      return word.kind === 'refused' ? word : unknownBecause('status TF, to be confirmed');
    }
    case undefined:
      return decisive?.ruling === 'pending' && answer.transaction !== 'rejected'
        ? accepted
        : wordOfRejection(exchange, answer, decisive);
    default:
      return unknownBecause(`status ${transaction?.status ?? ''}`);
  }
}

/**
 * `reference_id` is the wallet's own transaction id (observed in Zambia), beside which
 * `airtel_money_id` is a composite of the gateway's.
 */
const receiptOf = (transaction: WireTransaction): string | undefined =>
  transaction.referenceId ?? transaction.airtelMoneyId;

// Enquiries --------------------------------------------------------------------------------------

type Inquest =
  | { readonly kind: 'succeeded'; readonly transaction: WireTransaction; readonly said: string }
  | (ProviderWord & { readonly kind: 'failed'; readonly reason: FailureReason })
  | { readonly kind: 'pending' }
  | { readonly kind: 'not-found' }
  | NotKnown;

/** A code beside TF names the reason, unless it says something else altogether. */
const whyFailed = (decisive: Decisive | undefined): Pick<Decisive, 'code' | 'reason'> =>
  decisive !== undefined &&
  (decisive.ruling === 'final' || decisive.ruling === 'our-fault' || decisive.reason !== 'other')
    ? decisive
    : { code: 'TF', reason: 'other' };

/** The transaction's status decides; everything else in the envelope contradicts itself. */
function inquestOf(
  exchange: Answered,
  { ownId, product }: { readonly ownId: string; readonly product: Product },
): Inquest {
  const answer = readAnswer(exchange.json);
  const decisive = decisiveCode(answer.codes, product);
  const transaction = transactionOf(answer);
  if (!isSuccess(exchange.status) || transaction?.status === undefined) {
    const isNotFound = decisive?.ruling === 'not-found' && !isGivenUp(exchange.status);
    if (isNotFound) return { kind: 'not-found' };
    return unknownBecause(`HTTP ${exchange.status}, ${decisive?.code ?? 'no status'}`);
  }
  if (isAboutAnother(answer, ownId)) return aboutAnother;
  const description = transaction.message ?? answer.message;
  switch (transaction.status) {
    case 'TS':
      return { kind: 'succeeded', transaction, said: description };
    case 'TE':
      return { kind: 'failed', code: 'TE', description, reason: 'expired' };
    case 'TF': {
      const { code, reason } = whyFailed(decisive);
      return { kind: 'failed', code, description, reason };
    }
    case 'TIP':
      return { kind: 'pending' };
    default:
      return unknownBecause(`status ${transaction.status}`);
  }
}

export function promptVerdictOf(exchange: Exchange, ownId: string): PromptVerdict {
  if (exchange.kind !== 'answer') return unlearned(exchange);
  const inquest = inquestOf(exchange, { ownId, product: 'prompt' });
  if (inquest.kind === 'failed') return { ...inquest, raw: exchange.raw };
  if (inquest.kind !== 'succeeded') return inquest;
  const receipt = inquest.transaction.airtelMoneyId;
  if (receipt === undefined) return unknownBecause('status TS without a receipt');
  return { kind: 'paid', code: 'TS', description: inquest.said, receipt, raw: exchange.raw };
}

/**
 * The documented answer about a payout carries no id of Airtel's: our own then stands for the
 * receipt, which is just as unique.
 */
export function payoutVerdictOf(exchange: Exchange, ownId: string): PayoutVerdict {
  if (exchange.kind !== 'answer') return unlearned(exchange);
  const inquest = inquestOf(exchange, { ownId, product: 'payout' });
  if (inquest.kind === 'failed') return { ...inquest, raw: exchange.raw };
  if (inquest.kind !== 'succeeded') return inquest;
  const receipt = receiptOf(inquest.transaction) ?? ownId;
  return { kind: 'completed', receipt, completedAt: undefined, raw: exchange.raw };
}

// Balance, list, callback ------------------------------------------------------------------------

export function balanceOf(exchange: Exchange, currency: Currency): BalanceAnswer {
  if (exchange.kind !== 'answer') return unlearned(exchange);
  const { status, json } = exchange;
  const answer = readAnswer(json);
  const decisive = decisiveCode(answer.codes, 'payout');
  const balance = balanceData.safeParse(answer.data);
  if (!isSuccess(status) || !balance.success || decisive?.ruling === 'our-fault') {
    return unknownBecause(`HTTP ${status}, ${decisive?.code ?? 'no balance'}`);
  }
  if (balance.data.currency !== undefined && balance.data.currency !== currency) {
    return unknownBecause(`a balance in ${balance.data.currency}`);
  }
  const availableMinor = amountMinorOf(balance.data.balance);
  if (availableMinor === undefined) return unknownBecause('a balance that cannot be read');
  return { kind: 'reported', accounts: [{ name: 'wallet', availableMinor }] };
}

/** The rows of one page of the summary. */
export function listRowsOf(
  exchange: Exchange,
): { readonly kind: 'page'; readonly rows: readonly unknown[] } | NotKnown {
  if (exchange.kind !== 'answer') return unlearned(exchange);
  const { status, json } = exchange;
  const { data, codes } = readAnswer(json);
  const list = listData.safeParse(data);
  if (isSuccess(status) && list.success) return { kind: 'page', rows: list.data.transactions };
  const code = decisiveCode(codes, 'prompt')?.code ?? 'no list';
  return unknownBecause(`HTTP ${status}, ${code}`);
}

/** The one documented kind of transaction that brings a business money. */
const incomeTypes = new Set(['MERCHPAY']);
// How a settled row is spelt is undocumented; only settled ones carry an Airtel id as well.
const settledWord = /^(?:TS|(?:transaction )?success(?:ful)?)$/i;
export const isSettledWord = (word: string): boolean => settledWord.test(word);

/**
 * `elsewhere`: no settled income. `unreadable`: income, perhaps, that lacks what makes evidence.
 */
export function listedPaymentOf(
  json: unknown,
  currency: Currency,
): ListedPayment | 'elsewhere' | 'unreadable' {
  const row = listRow.safeParse(json);
  if (!row.success) return 'unreadable';
  const { payer, service, transaction } = row.data;
  if (!incomeTypes.has(service.type.toUpperCase())) return 'elsewhere';
  if (transaction === undefined) return 'unreadable';
  if (!isSettledWord(transaction.status ?? '')) return 'elsewhere';
  const receipt = transaction.airtel_money_id;
  const amountMinor = amountMinorOf(transaction.amount);
  const isOurCurrency = payer?.currency === undefined || payer.currency === currency;
  if (receipt === undefined || amountMinor === undefined || amountMinor <= 0n || !isOurCurrency) {
    return 'unreadable';
  }
  const occurredAt = nairobiTimeOf(transaction.created_at) ?? timeInMoneyId(receipt);
  if (occurredAt === undefined) return 'unreadable';
  return {
    receipt,
    amountMinor,
    occurredAt,
    accountReference: transaction.reference_number ?? '',
    // Empty for payments that Airtel started itself.
    ownId: transaction.id,
    payer: payer?.msisdn,
    raw: JSON.stringify(json),
  };
}

const outcomes: Readonly<Record<string, OwnIdHint['outcome']>> = { TS: 'succeeded', TF: 'failed' };

/** Undefined where it names no transaction of ours. */
export function ownIdHintOf(
  { transaction }: WireCallback,
  authenticated: boolean,
): OwnIdHint | undefined {
  if (transaction.id === undefined) return undefined;
  const word = transaction.status_code ?? '';
  return {
    kind: 'own-id-hint',
    ownId: transaction.id,
    outcome: Object.hasOwn(outcomes, word) ? (outcomes[word] ?? 'unknown') : 'unknown',
    receipt: transaction.airtel_money_id,
    authenticated,
  };
}
