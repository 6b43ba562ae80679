import { unreachable } from '#kernel';
import type {
  BalanceReport,
  PayerPayment,
  PayoutResult,
  PromptResult,
  QueueTimeout,
  ReceiptReport,
} from '../event.ts';
import type {
  FailureReason,
  ListedPayment,
  NotKnown,
  PayoutSubmission,
  PromptReference,
  PromptSubmission,
  PromptVerdict,
  Refused,
  ReportedAccount,
} from '../rail.ts';
import type { Exchange } from './client.ts';
import {
  doneCode,
  gatewayMeaningOf,
  notFoundCode,
  payoutVersionCode,
  payoutMeaningOf,
  promptMeaningOf,
  promptStoppedTexts,
  transactionStateOf,
  type Ruling,
} from './codes.ts';
import {
  amountMinorOf,
  nairobiTimeOf,
  operatorAck,
  promptAck,
  promptQueryAnswer,
  pullRow,
  textNamed,
  timeoutCallback,
  valueNamed,
  type NamedValue,
  type PayerNotification,
  type PromptCallback,
  type ResultCallback,
} from './wire.ts';

type Unanswered = Exclude<Exchange, { kind: 'answer' }>;
type Rejection = Extract<Exchange, { kind: 'rejection' }>;

export const unknownBecause = (cause: string): NotKnown => ({ kind: 'unknown', cause });

const ended = (ruling: Ruling): boolean =>
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
      return {
        kind: 'refused',
        code: exchange.code,
        description: exchange.description,
        reason: 'our-credentials',
        mayResend: true,
      };
    case 'not-sent':
      return {
        kind: 'refused',
        code: 'not-sent',
        description: exchange.cause,
        reason: 'provider-down',
        mayResend: true,
      };
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

export function askedOf(exchange: Exchange): { readonly kind: 'asked' } | Refused | NotKnown {
  const conversation = conversationOf(exchange);
  return 'id' in conversation ? { kind: 'asked' } : conversation;
}

export function payoutResultOf(result: ResultCallback): PayoutResult {
  const word = {
    kind: 'payout-result',
    code: result.code,
    description: result.description,
    ownId: result.originatorConversationId,
    providerRequestId: result.conversationId,
  } as const;
  if (!result.isFinal) return { ...word, verdict: 'unknown' };
  if (result.code !== doneCode) {
    // `TransactionID` is a placeholder here (three date characters and zeros): not a receipt.
    const { ruling, reason } = payoutMeaningOf(result.code);
    return ended(ruling) ? { ...word, verdict: 'failed', reason } : { ...word, verdict: 'unknown' };
  }
  const { parameters } = result;
  const receipt = textNamed(parameters, 'TransactionReceipt') ?? result.transactionId;
  if (receipt === undefined) return { ...word, verdict: 'unknown' };
  return {
    ...word,
    verdict: 'completed',
    receipt,
    amountMinor: amountMinorOf(valueNamed(parameters, 'TransactionAmount')),
    completedAt: nairobiTimeOf(valueNamed(parameters, 'TransactionCompletedDateTime')),
  };
}

export function queueTimeoutOf(json: unknown): QueueTimeout {
  const ids = timeoutCallback.parse(json);
  return {
    kind: 'queue-timeout',
    ownId: ids.OriginatorConversationID,
    providerRequestId: ids.ConversationID,
  };
}

function foundReport(items: readonly NamedValue[]) {
  const state = transactionStateOf(textNamed(items, 'TransactionStatus'));
  const receipt = textNamed(items, 'ReceiptNo');
  // Money that arrived always has a receipt; a transaction that failed may have none.
  if (receipt === undefined && (state === 'completed' || state === 'unknown')) return undefined;
  const finalised = nairobiTimeOf(valueNamed(items, 'FinalisedTime'));
  return {
    verdict: 'found',
    receipt: receipt ?? '',
    state,
    amountMinor: amountMinorOf(valueNamed(items, 'Amount')),
    occurredAt: finalised ?? nairobiTimeOf(valueNamed(items, 'InitiatedTime')),
    originalOwnId: textNamed(items, 'OriginatorConversationID'),
    originalRequestId: textNamed(items, 'ConversationID'),
  } as const;
}

/** Result code 0 says that the question worked; the payment's fate is `TransactionStatus`. */
export function receiptReportOf(result: ResultCallback): ReceiptReport {
  const { code, description } = result;
  const word = { kind: 'receipt-report', code, description } as const;
  if (!result.isFinal) return { ...word, verdict: 'unknown' };
  if (code === notFoundCode) return { ...word, verdict: 'not-found' };
  const found = code === doneCode ? foundReport(result.parameters) : undefined;
  return found === undefined ? { ...word, verdict: 'unknown' } : { ...word, ...found };
}

/** `Name|Currency|Current|Available|Reserved|Uncleared`, joined by `&`; undefined if any is bad. */
export function accountsOf(text: string): readonly ReportedAccount[] | undefined {
  const accounts = text.split('&').map((record) => {
    const [name = '', , , available = ''] = record.split('|').map((part) => part.trim());
    const availableMinor = amountMinorOf(available);
    return name === '' || availableMinor === undefined ? undefined : { name, availableMinor };
  });
  const read = accounts.filter((account) => account !== undefined);
  return read.length === accounts.length ? read : undefined;
}

export function balanceReportOf(result: ResultCallback): BalanceReport {
  const report = { kind: 'balance-report', code: result.code } as const;
  const text = textNamed(result.parameters, 'AccountBalance');
  const isDone = result.isFinal && result.code === doneCode;
  const accounts = isDone && text !== undefined ? accountsOf(text) : undefined;
  return accounts === undefined
    ? { ...report, verdict: 'failed', accounts: [] }
    : { ...report, verdict: 'reported', accounts, ...asOf(result) };
}

function asOf({ parameters }: ResultCallback): Pick<BalanceReport, 'asOfAt'> {
  const at = nairobiTimeOf(valueNamed(parameters, 'BOCompletedTime'));
  return at === undefined ? {} : { asOfAt: at };
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
