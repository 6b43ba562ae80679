import type { BalanceReport, PayoutResult, QueueTimeout, ReceiptReport } from '../event.ts';
import type { ReportedAccount } from '../rail.ts';
import {
  notFoundCode,
  payoutMeaningOf,
  refundMeaningOf,
  topUpMeaningOf,
  transactionStateOf,
} from './codes.ts';
import { doneCode, type CodeMeaning } from './meaning.ts';
import { ended } from './translate.ts';
import {
  amountMinorOf,
  nairobiTimeOf,
  textNamed,
  timeoutCallback,
  valueNamed,
  type NamedValue,
  type ResultCallback,
} from './wire.ts';

/** What is told apart between the results of payouts, refunds and top-ups. */
interface Movement {
  readonly meaningOf: (code: string) => CodeMeaning;
  /** Where each kind of result keeps what it did; undefined where it does not say. */
  readonly read: (result: ResultCallback) => {
    readonly receipt: string | undefined;
    readonly amount: unknown;
    readonly completed: unknown;
    readonly originalReceipt?: string | undefined;
  };
}

// Three date characters and zeros: what stands where a receipt would be when nothing moved.
const placeholderReceipt = /^[A-Z0-9]{3}0{7}$/;

function movementResultOf(result: ResultCallback, { meaningOf, read }: Movement): PayoutResult {
  const word = {
    kind: 'payout-result',
    code: result.code,
    description: result.description,
    ownId: result.originatorConversationId,
    providerRequestId: result.conversationId,
  } as const;
  if (!result.isFinal) return { ...word, verdict: 'unknown' };
  if (result.code !== doneCode) {
    // Whatever `TransactionID` holds here, it is no receipt.
    const { ruling, reason } = meaningOf(result.code);
    return ended(ruling) ? { ...word, verdict: 'failed', reason } : { ...word, verdict: 'unknown' };
  }
  const { receipt, amount, completed, ...further } = read(result);
  if (receipt === undefined || placeholderReceipt.test(receipt)) {
    return { ...word, verdict: 'unknown' };
  }
  return {
    ...word,
    ...further,
    verdict: 'completed',
    receipt,
    amountMinor: amountMinorOf(amount),
    completedAt: nairobiTimeOf(completed),
  };
}

export const payoutResultOf = (result: ResultCallback): PayoutResult =>
  movementResultOf(result, {
    meaningOf: payoutMeaningOf,
    read: ({ parameters, transactionId }) => ({
      receipt: textNamed(parameters, 'TransactionReceipt') ?? transactionId,
      amount: valueNamed(parameters, 'TransactionAmount'),
      completed: valueNamed(parameters, 'TransactionCompletedDateTime'),
    }),
  });

/** A reversal has a receipt of its own, besides that of the payment it gives back. */
export const refundResultOf = (result: ResultCallback): PayoutResult =>
  movementResultOf(result, {
    meaningOf: refundMeaningOf,
    read: ({ parameters, transactionId }) => {
      const originalReceipt = textNamed(parameters, 'OriginalTransactionID');
      return {
        // Under the payment's own receipt the books would take one movement for the other.
        receipt: transactionId === originalReceipt ? undefined : transactionId,
        amount: valueNamed(parameters, 'Amount'),
        completed: valueNamed(parameters, 'TransCompletedTime'),
        originalReceipt,
      };
    },
  });

export const topUpResultOf = (result: ResultCallback): PayoutResult =>
  movementResultOf(result, {
    meaningOf: topUpMeaningOf,
    read: ({ parameters, transactionId }) => ({
      receipt: transactionId,
      amount: valueNamed(parameters, 'Amount'),
      completed: valueNamed(parameters, 'TransCompletedTime'),
    }),
  });

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
