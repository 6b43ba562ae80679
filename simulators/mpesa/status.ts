import { type Clock, compactNairobi, decimalOf, ok, type Result, shillings } from '#kernel';
import type { ConversationResultCode } from './codes.ts';
import type { SimulatorConfig } from './config.ts';
import type { Conversation, Conversations } from './conversation-store.ts';
import {
  commandIn,
  type Outcome,
  type Parameter,
  parseInitiatorCall,
} from './conversation-wire.ts';
import type { Desk, Opening } from './conversations.ts';
import { type Body, looseText, oneOf, parseFields, shortCodeField, textField } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import type { Phones } from './phones.ts';
import type { GatewayRefusal } from './refusals.ts';
import type { Transaction, Transactions } from './transactions.ts';
import { placeholderReceipt, type WireIds } from './wire-ids.ts';

export interface StatusDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly ids: WireIds;
  readonly desk: Desk;
  readonly conversations: Conversations;
  readonly transactions: Transactions;
  readonly phones: Phones;
}

export interface Status {
  request(body: Body): Result<WireAnswer, GatewayRefusal>;
}

/** The outer code says whether the question worked; the payment's fate is a parameter. */
export function createStatus(deps: StatusDeps): Status {
  deps.desk.on('status', (conversation) => answer(conversation, deps));
  return {
    request: (body) => deps.desk.open('status', parseStatus(body, deps.config)),
  };
}

/** Documented as *Original*ConversationID; one production client sends *Originator*. Both pass. */
function parseStatus(body: Body, config: SimulatorConfig): Result<Opening, string> {
  const fields = parseFields({
    call: parseInitiatorCall(body, 'Initiator', config),
    command: commandIn(body, ['TransactionStatusQuery']),
    receipt: textField(body, 'TransactionID', { min: 0, max: 20 }),
    original: textField(body, 'OriginalConversationID', { min: 0, max: 128 }),
    originator: textField(body, 'OriginatorConversationID', { min: 0, max: 128 }),
    partyA: shortCodeField(body, 'PartyA'),
    type: oneOf(body, 'IdentifierType', ['4', '2', '1']),
  });
  if (!fields.ok) return fields;
  const { call, partyA, receipt, original, originator } = fields.value;
  const conversation = original === '' ? originator : original;
  return ok({ call, request: { partyA, receipt, conversation } });
}

interface Found {
  readonly transaction: Transaction | undefined;
  readonly asked: Conversation | undefined;
}

function find(request: Body, { transactions, conversations }: StatusDeps): Found {
  const receipt = looseText(request, 'receipt');
  const id = looseText(request, 'conversation');
  const transaction =
    receipt === '' ? transactions.byConversation(id) : transactions.byReceipt(receipt);
  const asked = conversations.findEither(transaction?.conversationId ?? id);
  return { transaction, asked: asked?.kind === 'status' ? undefined : asked };
}

/** Refused before there was a transaction: the core has nothing to show (assumed). */
const traceless: readonly ConversationResultCode[] = ['2001', '8006', '21', '2028'];

function refusalOf(
  conversation: Conversation,
  found: Found,
  { config }: StatusDeps,
): ConversationResultCode | undefined {
  const { request, refusal } = conversation;
  if (refusal !== undefined) return refusal;
  const party = looseText(request, 'partyA');
  if (party !== config.shortCode && party !== config.tillNumber) return '21';
  // Neither id given (reported from production).
  if (looseText(request, 'receipt') === '' && looseText(request, 'conversation') === '') {
    return '25';
  }
  if (found.transaction !== undefined) return undefined;
  if (found.asked === undefined || found.asked.state === 'abandoned') return '2033';
  const code = found.asked.resultCode;
  return code !== undefined && traceless.includes(code) ? '2033' : undefined;
}

function answer(conversation: Conversation, deps: StatusDeps): Outcome {
  const found = find(conversation.request, deps);
  const code = refusalOf(conversation, found, deps);
  const reference = [{ Key: 'Occasion' }];
  const transactionId = placeholderReceipt(deps.clock.now());
  if (code !== undefined) {
    return { code, transactionId, parameters: [], reference, hasTextCodes: false };
  }
  return {
    code: '0',
    transactionId,
    parameters: newsOf(found, deps),
    reference,
    hasTextCodes: false,
  };
}

/** Initiated → Completed or Declined; the other documented words never come up here. */
function statusOf({ transaction, asked }: Found): string {
  if (transaction !== undefined) return 'Completed';
  return asked?.state === 'accepted' ? 'Initiated' : 'Declined';
}

const optional = (Key: string, Value: string | undefined): Parameter =>
  Value === undefined || Value === '' ? { Key } : { Key, Value };

/** `DebitPartyName` twice, the second of them the credit party (documented as it stands). */
function newsOf(found: Found, { config, phones }: StatusDeps): readonly Parameter[] {
  const { transaction, asked } = found;
  const msisdn = transaction?.msisdn ?? looseText(asked?.request ?? {}, 'msisdn');
  const amountKes = transaction?.amountKes ?? looseText(asked?.request ?? {}, 'amountKes');
  const customer = `${msisdn} - ${phones.find(msisdn)?.name ?? ''}`;
  const organisation = `${transaction?.shortCode ?? config.shortCode} - ${config.organisationName}`;
  const kind = transaction?.kind ?? asked?.kind;
  const isCollection = kind === 'stk' || kind === 'c2b';
  const initiatedAt = transaction?.initiatedAt ?? asked?.acceptedAt ?? 0;
  const finishedAt = transaction?.settledAt ?? asked?.finishedAt;
  return [
    { Key: 'DebitPartyName', Value: isCollection ? customer : organisation },
    { Key: 'DebitPartyName', Value: isCollection || kind === 'b2b' ? organisation : customer },
    optional('OriginatorConversationID', asked?.originatorConversationId),
    { Key: 'InitiatedTime', Value: compactNairobi(initiatedAt) },
    {
      Key: 'DebitAccountType',
      Value: debitAccounts[kind ?? 'status'],
    },
    optional('DebitPartyCharges', chargesOf(transaction)),
    { Key: 'TransactionReason' },
    { Key: 'ReasonType', Value: reasonTypes[kind ?? 'status'] },
    { Key: 'TransactionStatus', Value: statusOf(found) },
    optional('FinalisedTime', finishedAt === undefined ? undefined : compactNairobi(finishedAt)),
    { Key: 'Amount', Value: String(amountKes) },
    optional('ConversationID', asked?.conversationId),
    optional('ReceiptNo', transaction?.receipt),
  ];
}

const debitAccounts = {
  stk: 'MMF Account For Customer',
  c2b: 'MMF Account For Customer',
  b2c: 'Utility Account',
  b2b: 'Working Account',
  reversal: 'Utility Account',
  status: 'Utility Account',
  balance: 'Utility Account',
} as const;

/** Two are documented samples; the others are assumed. A statement repeats them. */
export const reasonTypes = {
  stk: 'Pay Utility with OD via STK',
  c2b: 'Pay Bill Online',
  b2c: 'Business Payment to Customer via API',
  b2b: 'Business Transfer From MMF To Utility via API',
  reversal: 'Transaction Reversal via API',
  status: 'Transaction Status Query via API',
  balance: 'Account Balance Query via API',
} as const;

const chargesOf = (transaction: Transaction | undefined): string | undefined =>
  transaction === undefined || transaction.feeKes === 0
    ? undefined
    : `Fee For ${transaction.kind === 'b2c' ? 'B2C' : 'C2B'} Payment|KES|${decimalOf(
        shillings(transaction.feeKes),
      )}`;
