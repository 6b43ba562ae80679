import { type Clock, compactNairobi, decimalOf, ok, type Result, shillings } from '#kernel';
import type { SimulatorConfig } from './config.ts';
import type { Conversation } from './conversation-store.ts';
import { commandIn, type Outcome, parseInitiatorCall } from './conversation-wire.ts';
import type { Desk, Opening } from './conversations.ts';
import { type Body, looseText, oneOf, parseFields, shortCodeField } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import { type AccountName, type Ledger, orgAccounts } from './ledger.ts';
import type { GatewayRefusal } from './refusals.ts';
import { placeholderReceipt, type WireIds } from './wire-ids.ts';

export interface BalanceDeps {
  readonly clock: Clock;
  readonly config: SimulatorConfig;
  readonly ids: WireIds;
  readonly desk: Desk;
  readonly ledger: Ledger;
}

export interface Balance {
  request(body: Body): Result<WireAnswer, GatewayRefusal>;
}

/** The answer is made when the result is, not when it was asked for. */
export function createBalance(deps: BalanceDeps): Balance {
  deps.desk.on('balance', (conversation) => answer(conversation, deps));
  return {
    request: (body) => deps.desk.open('balance', parseBalance(body, deps.config)),
  };
}

function parseBalance(body: Body, config: SimulatorConfig): Result<Opening, string> {
  const fields = parseFields({
    call: parseInitiatorCall(body, 'Initiator', config),
    command: commandIn(body, ['AccountBalance']),
    partyA: shortCodeField(body, 'PartyA'),
    type: oneOf(body, 'IdentifierType', ['4', '2']),
  });
  if (!fields.ok) return fields;
  const { call, partyA } = fields.value;
  return ok({ call, request: { partyA } });
}

function answer(conversation: Conversation, deps: BalanceDeps): Outcome {
  const { clock, config, ids } = deps;
  // Accounts of somebody else's organisation are not shown (documented; the code is assumed).
  const isForeign = looseText(conversation.request, 'partyA') !== config.shortCode;
  const code = conversation.refusal ?? (isForeign ? '21' : undefined);
  const plain = { reference: [], hasTextCodes: true };
  if (code !== undefined) {
    const transactionId = placeholderReceipt(clock.now());
    return { ...plain, code, transactionId, parameters: [] };
  }
  return {
    ...plain,
    code: '0',
    transactionId: ids.receipt(clock.now()),
    parameters: [
      { Key: 'AccountBalance', Value: accountsText(deps) },
      { Key: 'BOCompletedTime', Value: compactNairobi(clock.now()) },
    ],
  };
}

/** `Name|Currency|Current|Available|Reserved|Uncleared`, joined by `&` (documented). */
function accountsText({ ledger, config }: BalanceDeps): string {
  const shown: readonly (readonly [string, AccountName])[] = [
    ['Working Account', orgAccounts.working],
    ['Float Account', orgAccounts.float],
    ['Utility Account', orgAccounts.utility],
    ['Charges Paid Account', orgAccounts.chargesPaid],
    ['Organization Settlement Account', orgAccounts.settlement],
    ...(config.tillNumber === undefined
      ? []
      : [['Merchant Account', orgAccounts.merchant] as const]),
  ];
  return shown
    .map(([name, account]) => {
      const balance = decimalOf(shillings(ledger.balanceKes(account)));
      return `${name}|KES|${balance}|${balance}|0.00|0.00`;
    })
    .join('&');
}
