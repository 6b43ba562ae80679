import { type Clock, compactNairobi, decimalOf, ok, type Result, shillings } from '#kernel';
import type { ConversationResultCode } from './codes.ts';
import type { SimulatorConfig } from './config.ts';
import type { Conversation } from './conversation-store.ts';
import {
  commandIn,
  type Outcome,
  type Parameter,
  parseInitiatorCall,
} from './conversation-wire.ts';
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
import type { KnobBoard } from './knobs.ts';
import { type Ledger, orgAccounts } from './ledger.ts';
import type { GatewayRefusal } from './refusals.ts';
import type { Transactions } from './transactions.ts';
import { placeholderReceipt, type WireIds } from './wire-ids.ts';

export interface B2bDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly knobs: KnobBoard;
  readonly ids: WireIds;
  readonly desk: Desk;
  readonly ledger: Ledger;
  readonly transactions: Transactions;
}

export interface B2b {
  request(body: Body): Result<WireAnswer, GatewayRefusal>;
}

/**
 * Working to Utility of the own short code. The other commands of this API pay other businesses, of
 * which there are none here: they are refused as fields (assumed).
 */
const commands = ['BusinessTransferFromMMFToUtility'];

/** There is no id of the caller's: sent twice, it moves twice (documented by its absence). */
export function createB2b(deps: B2bDeps): B2b {
  deps.desk.on('b2b', (conversation) => carryOut(conversation, deps));
  return {
    request: (body) => deps.desk.open('b2b', parseTopUp(body, deps.config)),
  };
}

function parseTopUp(body: Body, config: SimulatorConfig): Result<Opening, string> {
  const fields = parseFields({
    call: parseInitiatorCall(body, 'Initiator', config),
    command: commandIn(body, commands),
    sender: oneOf(body, 'SenderIdentifierType', ['4']),
    receiver: oneOf(body, 'RecieverIdentifierType', ['4']),
    amountKes: wholeKes(body, 'Amount'),
    partyA: shortCodeField(body, 'PartyA'),
    partyB: shortCodeField(body, 'PartyB'),
    accountReference: textField(body, 'AccountReference', { min: 0, max: 13 }),
  });
  if (!fields.ok) return fields;
  const { call, partyA, partyB, amountKes, accountReference } = fields.value;
  return ok({ call, request: { partyA, partyB, amountKes, accountReference } });
}

function refusalOf(
  { request, refusal }: Conversation,
  { config, knobs, ledger }: B2bDeps,
): ConversationResultCode | undefined {
  if (refusal !== undefined) return refusal;
  // The same code as for a missing role (reported).
  if (knobs.current().refuseTopUps) return '21';
  const parties = [looseText(request, 'partyA'), looseText(request, 'partyB')];
  if (parties.some((party) => party !== config.shortCode)) return 'SFC_IC0003';
  const amountKes = Number(looseText(request, 'amountKes'));
  return ledger.balanceKes(orgAccounts.working) < amountKes ? '1' : undefined;
}

function carryOut(conversation: Conversation, deps: B2bDeps): Outcome {
  const { ids, clock } = deps;
  const code = refusalOf(conversation, deps);
  if (code !== undefined) {
    const transactionId = placeholderReceipt(clock.now());
    // A failure answers with numbers, a success with text (documented samples).
    return { code, transactionId, parameters: [], reference: [], hasTextCodes: false };
  }
  const receipt = ids.receipt(clock.now());
  move({ conversation, receipt }, deps);
  return {
    code: '0',
    transactionId: receipt,
    parameters: news(conversation.request, deps),
    reference: [
      { Key: 'BillReferenceNumber', Value: looseText(conversation.request, 'accountReference') },
    ],
    hasTextCodes: true,
  };
}

function move(
  { conversation, receipt }: { conversation: Conversation; receipt: string },
  { ledger, transactions, clock, config }: B2bDeps,
): void {
  const { request } = conversation;
  const amountKes = Number(looseText(request, 'amountKes'));
  ledger.post({
    kind: 'b2b',
    receipt,
    postings: [
      { account: orgAccounts.working, amountKes: -amountKes },
      { account: orgAccounts.utility, amountKes },
    ],
  });
  transactions.record({
    kind: 'b2b',
    receipt,
    amountKes,
    // What this move costs is not published: nothing (assumed).
    feeKes: 0,
    msisdn: '',
    accountReference: looseText(request, 'accountReference'),
    shortCode: config.shortCode,
    checkoutRequestId: undefined,
    conversationId: conversation.conversationId,
    originatorConversationId: conversation.originatorConversationId,
    originalReceipt: undefined,
    initiatedAt: conversation.acceptedAt,
    settledAt: clock.now(),
  });
}

/** An amount as the core prints it; `MinimumAmount` counts cents (documented sample). */
function javaAmount(kes: number): string {
  const basic = decimalOf(shillings(kes));
  return `{Amount={CurrencyCode=KES, MinimumAmount=${kes * 100}, BasicAmount=${basic}}}`;
}

function news(request: Body, { ledger, clock, config }: B2bDeps): readonly Parameter[] {
  const workingKes = ledger.balanceKes(orgAccounts.working);
  const working = decimalOf(shillings(workingKes));
  const amount = decimalOf(shillings(Number(looseText(request, 'amountKes'))));
  return [
    { Key: 'DebitAccountBalance', Value: javaAmount(workingKes) },
    { Key: 'Amount', Value: amount },
    {
      Key: 'DebitPartyAffectedAccountBalance',
      Value: `Working Account|KES|${working}|${working}|0.00|0.00`,
    },
    { Key: 'TransCompletedTime', Value: compactNairobi(clock.now()) },
    { Key: 'DebitPartyCharges', Value: '' },
    { Key: 'ReceiverPartyPublicName', Value: `${config.shortCode}– ${config.organisationName}` },
    { Key: 'Currency', Value: 'KES' },
    { Key: 'InitiatorAccountCurrentBalance', Value: javaAmount(workingKes) },
  ];
}
