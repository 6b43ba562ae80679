import { unreachable } from '#kernel';
import type { PayerPayment, PromptResult } from '../event.ts';
import type {
  FailureReason,
  ListedPayment,
  NotKnown,
  PayoutSubmission,
  PromptReference,
  PromptSubmission,
  PromptVerdict,
  Refused,
} from '../rail.ts';
import { refusedCredentials, refusedUnsent, unknownBecause } from '../words.ts';
import type { Exchange } from './client.ts';
import { promptMeaningOf } from './codes.ts';
import { gatewayMeaningOf, payoutVersionCode, promptStoppedTexts } from './gateway-codes.ts';
import { doneCode, type Ruling } from './meaning.ts';
import {
  amountMinorOf,
  nairobiTimeOf,
  operatorAck,
  promptAck,
  promptQueryAnswer,
  pullRow,
  textNamed,
  valueNamed,
  type PayerNotification,
  type PromptCallback,
} from './wire.ts';

type Unanswered = Exclude<Exchange, { kind: 'answer' }>;
type Rejection = Extract<Exchange, { kind: 'rejection' }>;

export const ended = (ruling: Ruling): boolean =>
  ruling === 'final' || ruling === 'retryable' || ruling === 'our-fault';

/** The provider's text; some rejections come without a word, and then ours is better than none. */
const saidOr = (said: string, ours: string): string => (said === '' ? ours : said);

function rejectionWord({ status, code, description }: Rejection): Refused | NotKnown {
  const { ruling, reason, meaning, advice } = gatewayMeaningOf(code);
  if (!ended(ruling)) return unknownBecause(`HTTP ${status}, code ${code}`);
  return {
    kind: 'refused',
    code,
    // What the owner has to change for this one cannot be guessed from the provider's text.
    description:
      code === payoutVersionCode
        ? `${saidOr(description, meaning)} ${advice}`
        : saidOr(description, meaning),
    reason,
    mayResend: ruling === 'retryable',
  };
}

/** What a call without a proper answer lets us say; the same for every call but the prompt. */
export function wordOfUnanswered(exchange: Unanswered): Refused | NotKnown {
  switch (exchange.kind) {
    case 'rejection':
      return rejectionWord(exchange);
    case 'token-refused':
      return refusedCredentials(exchange);
    case 'not-sent':
      return refusedUnsent(exchange.cause);
    case 'unclear':
      return unknownBecause(exchange.cause);
    default:
      return unreachable(exchange, 'an exchange');
  }
}

/** The same for calls that only ask: whatever went wrong, nothing was learned. */
export function causeOfUnanswered(exchange: Unanswered): string {
  switch (exchange.kind) {
    case 'rejection':
      return `HTTP ${exchange.status}, code ${exchange.code}`;
    case 'token-refused':
      return `access token refused, code ${exchange.code}`;
    case 'not-sent':
    case 'unclear':
      return exchange.cause;
    default:
      return unreachable(exchange, 'an exchange');
  }
}

// Prompts ----------------------------------------------------------------------------------------

function promptStoppedFor({ code, description }: Rejection): FailureReason | undefined {
  if (code !== '500.001.1001') return undefined;
  return promptStoppedTexts.find(({ pattern }) => pattern.test(description))?.reason;
}

export function promptSubmissionOf(exchange: Exchange): PromptSubmission {
  if (exchange.kind === 'rejection') {
    const reason = promptStoppedFor(exchange);
    const { code, description } = exchange;
    return reason === undefined
      ? rejectionWord(exchange)
      : { kind: 'refused', code, description, reason, mayResend: false };
  }
  if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
  const ack = promptAck.safeParse(exchange.json);
  if (!ack.success) return unknownBecause('an answer that cannot be read');
  if (ack.data.ResponseCode !== doneCode) {
    return unknownBecause(`response code ${ack.data.ResponseCode}`);
  }
  const trace = ack.data.MerchantRequestID;
  return {
    kind: 'accepted',
    providerRequestId: ack.data.CheckoutRequestID,
    ...(trace === undefined ? {} : { providerTraceId: trace }),
  };
}

/** No receipt, amount or phone here: those come by confirmation, status question or list. */
export function promptVerdictOf(exchange: Exchange, asked: PromptReference): PromptVerdict {
  if (exchange.kind !== 'answer') return unknownBecause(causeOfUnanswered(exchange));
  const parsed = promptQueryAnswer.safeParse(exchange.json);
  if (!parsed.success) return unknownBecause('an answer that cannot be read');
  const answer = parsed.data;
  const about = answer.CheckoutRequestID;
  if (about !== undefined && about !== asked.providerRequestId) {
    return unknownBecause('an answer about another prompt');
  }
  if (answer.ResponseCode !== doneCode) {
    return unknownBecause(`response code ${answer.ResponseCode}`);
  }
  const word = { code: answer.ResultCode, description: answer.ResultDesc, raw: exchange.raw };
  if (word.code === doneCode) return { kind: 'paid', ...word, receipt: undefined };
  const { ruling, enquiryRuling, reason } = promptMeaningOf(word.code);
  const settled = enquiryRuling ?? ruling;
  if (ended(settled)) return { kind: 'failed', ...word, reason };
  return settled === 'pending' ? { kind: 'pending' } : unknownBecause(`result code ${word.code}`);
}

export function promptResultOf(callback: PromptCallback): PromptResult {
  const word = {
    kind: 'prompt-result',
    code: callback.ResultCode,
    description: callback.ResultDesc,
    providerRequestId: callback.CheckoutRequestID,
    providerTraceId: callback.MerchantRequestID,
  } as const;
  if (word.code !== doneCode) {
    const { ruling, reason } = promptMeaningOf(word.code);
    return ended(ruling) ? { ...word, verdict: 'failed', reason } : { ...word, verdict: 'unknown' };
  }
  // Read by name, never by position: documents show four items, Safaricom's own kit six.
  const receipt = textNamed(callback.items, 'MpesaReceiptNumber');
  const amountMinor = amountMinorOf(valueNamed(callback.items, 'Amount'));
  if (receipt === undefined || amountMinor === undefined || amountMinor <= 0n) {
    return { ...word, verdict: 'unknown' };
  }
  return {
    ...word,
    verdict: 'paid',
    receipt,
    amountMinor,
    payer: textNamed(callback.items, 'PhoneNumber'),
    occurredAt: nairobiTimeOf(valueNamed(callback.items, 'TransactionDate')),
  };
}

/** Undefined where the amount is none: such a notification is not evidence of money. */
export function payerPaymentOf(notification: PayerNotification): PayerPayment | undefined {
  const amountMinor = amountMinorOf(notification.TransAmount);
  if (amountMinor === undefined || amountMinor <= 0n) return undefined;
  const names = [notification.FirstName, notification.MiddleName, notification.LastName];
  const payerName = names.filter((name) => name !== undefined).join(' ');
  return {
    kind: 'payer-payment',
    receipt: notification.TransID,
    amountMinor,
    shortCode: notification.BusinessShortCode,
    accountReference: notification.BillRefNumber ?? '',
    payer: notification.MSISDN,
    payerName: payerName === '' ? undefined : payerName,
    occurredAt: nairobiTimeOf(notification.TransTime),
  };
}

// Payouts and questions --------------------------------------------------------------------------

/** The acknowledgement of a payout or a question: its conversation id, or why there is none. */
export function conversationOf(exchange: Exchange): { readonly id: string } | Refused | NotKnown {
  if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
  const ack = operatorAck.safeParse(exchange.json);
  if (!ack.success) return unknownBecause('an answer that cannot be read');
  if (ack.data.ResponseCode !== doneCode) {
    return unknownBecause(`response code ${ack.data.ResponseCode}`);
  }
  return { id: ack.data.ConversationID };
}

export function payoutSubmissionOf(exchange: Exchange): PayoutSubmission {
  const conversation = conversationOf(exchange);
  return 'id' in conversation
    ? { kind: 'accepted', providerRequestId: conversation.id }
    : conversation;
}

/**
 * The same for a call that carries no id of ours. A front that is too busy is believed to have
 * refused it, but not so firmly that it may be sent again by itself: nothing would stop a second.
 */
export function unguardedSubmissionOf(exchange: Exchange): PayoutSubmission {
  const submission = payoutSubmissionOf(exchange);
  const isBusy = submission.kind === 'refused' && exchange.kind === 'rejection';
  return isBusy ? { ...submission, mayResend: false } : submission;
}

export function askedOf(exchange: Exchange): { readonly kind: 'asked' } | Refused | NotKnown {
  const conversation = conversationOf(exchange);
  return 'id' in conversation ? { kind: 'asked' } : conversation;
}

/** A row of the provider's list; undefined when it lacks what makes it evidence. */
export function listedPaymentOf(json: unknown): ListedPayment | undefined {
  const row = pullRow.safeParse(json);
  if (!row.success) return undefined;
  const amountMinor = amountMinorOf(row.data.amount);
  const occurredAt = nairobiTimeOf(row.data.trxDate);
  if (amountMinor === undefined || amountMinor <= 0n || occurredAt === undefined) return undefined;
  return {
    receipt: row.data.transactionId,
    amountMinor,
    occurredAt,
    accountReference: row.data.billreference ?? '',
    // The list names the account reference only; no id of ours travels on this rail.
    ownId: undefined,
    payer: row.data.msisdn,
    raw: JSON.stringify(json),
  };
}
