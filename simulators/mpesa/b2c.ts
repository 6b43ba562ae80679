import { type Clock, err, ok, railHintOf, parseMsisdn, type Result } from '#kernel';
import type { ConversationResultCode } from './codes.ts';
import type { SimulatorConfig } from './config.ts';
import type { Conversation } from './conversation-store.ts';
import {
  commandIn,
  dottedNairobi,
  type Outcome,
  type Parameter,
  parseInitiatorCall,
} from './conversation-wire.ts';
import type { Desk, Opening } from './conversations.ts';
import {
  type Body,
  looseText,
  msisdnField,
  parseFields,
  shortCodeField,
  textField,
  wholeKes,
} from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import type { KnobBoard } from './knobs.ts';
import { customerAccount, type Ledger, orgAccounts, outsideAccounts } from './ledger.ts';
import type { Phones } from './phones.ts';
import { type GatewayRefusal, refusals } from './refusals.ts';
import { b2cFeeKes, limitsKes } from './tariff.ts';
import type { Transactions } from './transactions.ts';
import { placeholderReceipt, type WireIds } from './wire-ids.ts';

export interface B2cDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly knobs: KnobBoard;
  readonly ids: WireIds;
  readonly desk: Desk;
  readonly ledger: Ledger;
  readonly phones: Phones;
  readonly transactions: Transactions;
}

export interface B2c {
  request(body: Body, version: 1 | 3): Result<WireAnswer, GatewayRefusal>;
}

const commands = ['SalaryPayment', 'BusinessPayment', 'PromotionPayment'];

/** Money to a wallet. It cannot be taken back by API (documented). */
export function createB2c(deps: B2cDeps): B2c {
  deps.desk.on('b2c', (conversation) => carryOut(conversation, deps));
  return {
    request: (body, version) => {
      if (version === 3 && deps.knobs.current().refuseB2cV3) return err(refusals.notAuthorised);
      return deps.desk.open('b2c', parsePayout(body, version, deps.config));
    },
  };
}

/** Minimum and maximum are left to the core, which answers with results 2 and 3 (documented). */
function parsePayout(body: Body, version: 1 | 3, config: SimulatorConfig): Result<Opening, string> {
  const originator = textField(body, 'OriginatorConversationID', { min: 1, max: 128 });
  const fields = parseFields({
    originator: version === 3 ? originator : ok(undefined),
    call: parseInitiatorCall(body, 'InitiatorName', config),
    command: commandIn(body, commands),
    amountKes: wholeKes(body, 'Amount'),
    partyA: shortCodeField(body, 'PartyA'),
    msisdn: msisdnField(body, 'PartyB'),
    occasion: textField(body, 'Occassion', { min: 0, max: 100 }),
  });
  if (!fields.ok) return fields;
  const { originator: own, call, partyA, msisdn, amountKes } = fields.value;
  return ok({
    call,
    ...(own === undefined ? {} : { originatorConversationId: own }),
    request: { partyA, msisdn, amountKes },
  });
}

interface Payout {
  readonly partyA: string;
  readonly msisdn: string;
  readonly amountKes: number;
}

const payoutIn = ({ request }: Conversation): Payout => ({
  partyA: looseText(request, 'partyA'),
  msisdn: looseText(request, 'msisdn'),
  amountKes: Number(looseText(request, 'amountKes')),
});

function carryOut(conversation: Conversation, deps: B2cDeps): Outcome {
  const payout = payoutIn(conversation);
  const code = conversation.refusal ?? payoutRefusalOf(payout, deps);
  const plain = { reference: [], hasTextCodes: false };
  if (code !== undefined) {
    const transactionId = placeholderReceipt(deps.clock.now());
    return { ...plain, code, transactionId, parameters: [] };
  }
  const receipt = deps.ids.receipt(deps.clock.now());
  movePayout({ ...payout, receipt, conversation }, deps);
  return { ...plain, code: '0', transactionId: receipt, parameters: news(payout, receipt, deps) };
}

/** In the order in which a core would find out: product, amount, recipient, funds, limits. */
function payoutRefusalOf(
  { partyA, msisdn: payee, amountKes }: Payout,
  { config, ledger, phones, clock }: B2cDeps,
): ConversationResultCode | undefined {
  if (partyA !== config.shortCode) return '2028';
  if (amountKes < limitsKes.b2cMin) return '2';
  if (amountKes > limitsKes.perTransaction) return '3';
  const number = parseMsisdn(payee);
  if (phones.find(payee) === undefined) {
    // Which of the two codes a stranger gets is assumed: by the network its range belongs to.
    return number.ok && railHintOf(number.value) === 'mpesa' ? '2040' : 'SFC_IC0003';
  }
  if (ledger.balanceKes(orgAccounts.utility) < amountKes) return '1';
  if (phones.receivedTodayKes(payee, clock.now()) + amountKes > limitsKes.perDay) return '4';
  return phones.balanceKes(payee) + amountKes > limitsKes.wallet ? '8' : undefined;
}

function movePayout(
  payout: Payout & { receipt: string; conversation: Conversation },
  { ledger, transactions, clock, config }: B2cDeps,
): void {
  const { amountKes, receipt, conversation } = payout;
  const feeKes = b2cFeeKes(amountKes);
  ledger.post({
    kind: 'b2c',
    receipt,
    postings: [
      { account: orgAccounts.utility, amountKes: -amountKes },
      { account: customerAccount(payout.msisdn), amountKes },
      { account: orgAccounts.chargesPaid, amountKes: -feeKes },
      { account: outsideAccounts.fees, amountKes: feeKes },
    ],
  });
  transactions.record({
    kind: 'b2c',
    receipt,
    amountKes,
    feeKes,
    msisdn: payout.msisdn,
    accountReference: '',
    shortCode: config.shortCode,
    checkoutRequestId: undefined,
    conversationId: conversation.conversationId,
    originatorConversationId: conversation.originatorConversationId,
    originalReceipt: undefined,
    initiatedAt: conversation.acceptedAt,
    settledAt: clock.now(),
  });
}

/** Balances are those after the payment; Charges Paid is negative (documented). */
const news = (
  { msisdn: payee, amountKes }: Payout,
  receipt: string,
  { ledger, phones, clock }: B2cDeps,
): readonly Parameter[] => [
  { Key: 'TransactionAmount', Value: amountKes },
  { Key: 'TransactionReceipt', Value: receipt },
  { Key: 'ReceiverPartyPublicName', Value: `${payee} - ${phones.find(payee)?.name ?? ''}` },
  { Key: 'TransactionCompletedDateTime', Value: dottedNairobi(clock.now()) },
  { Key: 'B2CUtilityAccountAvailableFunds', Value: ledger.balanceKes(orgAccounts.utility) },
  { Key: 'B2CWorkingAccountAvailableFunds', Value: ledger.balanceKes(orgAccounts.working) },
  { Key: 'B2CRecipientIsRegisteredCustomer', Value: 'Y' },
  {
    Key: 'B2CChargesPaidAccountAvailableFunds',
    Value: ledger.balanceKes(orgAccounts.chargesPaid),
  },
];
