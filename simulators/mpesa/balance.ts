import { type Clock, compactNairobi, decimalOf, err, ok, type Result, shillings } from '#kernel';
import type { SimulatorConfig } from './config.ts';
import type { Conversation } from './conversation-store.ts';
import { commandIn, type Outcome, parseInitiatorCall } from './conversation-wire.ts';
import type { Desk, Opening } from './conversations.ts';
import { type Body, looseText, oneOf, shortCodeField } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import { type AccountName, type Ledger, orgAccounts } from './ledger.ts';
import { type GatewayRefusal, invalidField } from './refusals.ts';
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
    request: (body) => {
      const opening = parseBalance(body, deps.config);
      return opening.ok
        ? deps.desk.open(opening.value)
        : err(invalidField('balance', opening.error));
    },
  };
}

function parseBalance(body: Body, config: SimulatorConfig): Result<Opening, string> {
  const call = parseInitiatorCall(body, 'Initiator', config);
  const command = commandIn(body, ['AccountBalance']);
  const party = shortCodeField(body, 'PartyA');
  const type = oneOf(body, 'IdentifierType', ['4', '2']);
  if (!call.ok) return call;
  if (!command.ok) return command;
  if (!party.ok) return party;
  if (!type.ok) return type;
  return ok({ kind: 'balance', call: call.value, request: { partyA: party.value } });
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
