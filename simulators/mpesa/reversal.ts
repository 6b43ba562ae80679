import { type Clock, compactNairobi, decimalOf, err, ok, type Result, shillings } from '#kernel';
import type { ConversationResultCode } from './codes.ts';
import type { SimulatorConfig } from './config.ts';
import type { Conversation } from './conversation-store.ts';
import { commandIn, type Outcome, parseInitiatorCall } from './conversation-wire.ts';
import type { Desk, Opening } from './conversations.ts';
import {
  type Body,
  looseText,
  oneOf,
  parseFields,
  shortCodeField,
  textField,
  wholeKes,
} from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import { type AccountName, customerAccount, type Ledger, orgAccounts } from './ledger.ts';
import type { Phones } from './phones.ts';
import type { GatewayRefusal } from './refusals.ts';
import type { Store } from './store.ts';
import type { Transaction, Transactions } from './transactions.ts';
import { placeholderReceipt, type WireIds } from './wire-ids.ts';

export interface ReversalDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly config: SimulatorConfig;
  readonly ids: WireIds;
  readonly desk: Desk;
  readonly ledger: Ledger;
  readonly phones: Phones;
  readonly transactions: Transactions;
}

export interface Reversal {
  request(body: Body): Result<WireAnswer, GatewayRefusal>;
  /** Customer care gives a payment back, asked by nobody here: no result is ever told. */
  byCare(receipt: string): Result<Transaction, ConversationResultCode>;
}

/** Takes back a payment to the business, prompted or not, once and whole (part: assumed not). */
export function createReversal(deps: ReversalDeps): Reversal {
  deps.desk.on('reversal', (conversation) => carryOut(conversation, deps));
  return {
    request: (body) => deps.desk.open('reversal', parseReversal(body, deps.config)),
    byCare: (receipt) => deps.store.transaction(() => reverseByCare(receipt, deps)),
  };
}

function parseReversal(body: Body, config: SimulatorConfig): Result<Opening, string> {
  const fields = parseFields({
    call: parseInitiatorCall(body, 'Initiator', config),
    command: commandIn(body, ['TransactionReversal']),
    receipt: textField(body, 'TransactionID', { min: 1, max: 20 }),
    amountKes: wholeKes(body, 'Amount'),
    receiver: shortCodeField(body, 'ReceiverParty'),
    type: oneOf(body, 'RecieverIdentifierType', ['11']),
  });
  if (!fields.ok) return fields;
  const { call, receipt, amountKes, receiver } = fields.value;
  return ok({ call, request: { receipt, amountKes, receiver } });
}

const sourceOf = (original: Transaction, config: SimulatorConfig): AccountName =>
  original.shortCode === config.tillNumber ? orgAccounts.merchant : orgAccounts.utility;

function refusalOf(
  original: Transaction | undefined,
  request: Body,
  { config, transactions, ledger }: ReversalDeps,
): ConversationResultCode | undefined {
  const receiver = looseText(request, 'receiver');
  if (receiver !== config.shortCode && receiver !== config.tillNumber) return '2028';
  if (original === undefined) return 'R000002';
  if (original.kind !== 'stk' && original.kind !== 'c2b') return 'R000002';
  if (transactions.reversalOf(original.receipt) !== undefined) return 'R000001';
  // What a part of the amount would do is not known: it is refused as a bad parameter (assumed).
  if (Number(looseText(request, 'amountKes')) !== original.amountKes) return '25';
  return ledger.balanceKes(sourceOf(original, config)) < original.amountKes ? '1' : undefined;
}

function carryOut(conversation: Conversation, deps: ReversalDeps): Outcome {
  const { transactions, ids, clock } = deps;
  const original = transactions.byReceipt(looseText(conversation.request, 'receipt'));
  const code = conversation.refusal ?? refusalOf(original, conversation.request, deps);
  const plain = { reference: [], hasTextCodes: false };
  if (code !== undefined || original === undefined) {
    const transactionId = placeholderReceipt(clock.now());
    return { ...plain, code: code ?? 'R000002', transactionId, parameters: [] };
  }
  const receipt = ids.receipt(clock.now());
  giveBack({ original, receipt, conversation }, deps);
  const parameters = news(original, deps);
  return { ...plain, code: '0', transactionId: receipt, parameters };
}

function reverseByCare(
  of: string,
  deps: ReversalDeps,
): Result<Transaction, ConversationResultCode> {
  const { clock, config, ids, transactions } = deps;
  const original = transactions.byReceipt(of);
  const whole = { receiver: config.shortCode, amountKes: original?.amountKes ?? 0 };
  const code = refusalOf(original, whole, deps);
  if (code !== undefined || original === undefined) return err(code ?? 'R000002');
  const receipt = ids.receipt(clock.now());
  return ok(giveBack({ original, receipt, conversation: undefined }, deps));
}

function giveBack(
  it: { original: Transaction; receipt: string; conversation: Conversation | undefined },
  { ledger, transactions, clock, config }: ReversalDeps,
): Transaction {
  const { original, receipt, conversation } = it;
  ledger.post({
    kind: 'reversal',
    receipt,
    postings: [
      { account: sourceOf(original, config), amountKes: -original.amountKes },
      { account: customerAccount(original.msisdn), amountKes: original.amountKes },
    ],
  });
  return transactions.record({
    kind: 'reversal',
    receipt,
    amountKes: original.amountKes,
    feeKes: 0,
    msisdn: original.msisdn,
    accountReference: original.accountReference,
    shortCode: original.shortCode,
    checkoutRequestId: undefined,
    conversationId: conversation?.conversationId,
    originatorConversationId: conversation?.originatorConversationId,
    originalReceipt: original.receipt,
    initiatedAt: conversation?.acceptedAt ?? clock.now(),
    settledAt: clock.now(),
  });
}

function news(original: Transaction, { ledger, phones, clock, config }: ReversalDeps) {
  const balance = decimalOf(shillings(ledger.balanceKes(sourceOf(original, config))));
  const name = sourceOf(original, config) === orgAccounts.merchant ? 'Merchant' : 'Utility';
  return [
    { Key: 'DebitAccountBalance', Value: `${name} Account|KES|${balance}|${balance}|0.00|0.00` },
    { Key: 'Amount', Value: original.amountKes },
    { Key: 'TransCompletedTime', Value: Number(compactNairobi(clock.now())) },
    { Key: 'OriginalTransactionID', Value: original.receipt },
    { Key: 'Charge', Value: 0 },
    {
      Key: 'CreditPartyPublicName',
      Value: `${original.msisdn} - ${phones.find(original.msisdn)?.name ?? ''}`,
    },
    { Key: 'DebitPartyPublicName', Value: `${original.shortCode} - ${config.organisationName}` },
  ];
}
