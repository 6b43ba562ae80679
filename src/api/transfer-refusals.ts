import type {
  CancellationRefusal,
  PayeeRefusal,
  SettlementRefusal,
  TransferRefusal,
} from '#transfers';

import type { RefusalTexts } from './problem.ts';

/** Why money does not go out, and what mends it. */
export const transferRefusals: RefusalTexts<TransferRefusal> = {
  'key-used-for-other-input': 'Use a new Idempotency-Key for a new transfer.',
  'engine-stopped': 'Nothing is sent while the engine is stopped. Start it and ask again.',
  'rail-not-configured': '{rail} is not set up: npm run qmoi:validate says what is missing.',
  'rail-cannot-refund': '{rail} has no reversal: send the amount to the payer as a payout.',
  'rail-cannot-top-up': '{rail} pays out from the wallet that customers pay into.',
  'no-payout-number': 'Set the payout number of {rail} and restart the engine.',
  'payee-not-found': 'No number of this rail has this id: qmoi payees lists them.',
  'number-not-confirmed':
    '{number} has not been confirmed for {rail}. Send it KES 10 with `qmoi payees test`, then ' +
    'type the receipt that arrives on that phone into `qmoi payees confirm`.',
  'payment-not-found': 'No payment has this id and receipt.',
  'refund-exists': 'Transfer {transferId} gives this payment back already.',
  'more-than-the-payment': 'The payment was {paymentMinor}: give back as much at most.',
  'not-the-whole-payment':
    'A reversal gives back the whole {paymentMinor}; send a part of it as a payout.',
  'not-the-payers-number': '{number} did not pay this. Money goes back where it came from.',
  'top-up-under-way': 'Transfer {transferId} fills the {rail} wallet already. Wait for its end.',
  'amount-not-whole-shillings': '{amountMinor} is not in whole shillings.',
  'amount-out-of-range': '{rail} sends {minMinor} to {maxMinor} at a time.',
  'over-daily-limit':
    'Of the {limitMinor} that {rail} lets {number} receive in a day, {leftMinor} is left. ' +
    'Send less, or the rest tomorrow.',
  'balance-too-low':
    'The {rail} wallet can spare {freeMinor}: its reserve, transfers under way and money that ' +
    'is owed to payers stay where they are.',
  'working-wallet-too-low': '{wallet} of {rail} held {availableMinor} when it was last reported.',
};

export const payeeRefusals: RefusalTexts<PayeeRefusal> = {
  'payee-not-found': 'No number on the list has this id.',
  'already-confirmed': 'Money may go there: nothing is left to confirm.',
  'test-under-way': 'Transfer {transferId} is on its way to the number. Wait for its end.',
  'test-unanswered':
    'The last test arrived. Type its receipt into `qmoi payees confirm` until {until}.',
  'no-test-yet': 'Send KES 10 to the number first: `qmoi payees test`.',
  'test-not-arrived':
    'The provider has not confirmed the test with a receipt: `qmoi transfers` shows what became ' +
    'of it. Wait, or send another one.',
  'test-expired': 'The test is more than a day old. Send another one: `qmoi payees test`.',
  'too-many-tries': 'Send another test: `qmoi payees test`.',
  'wrong-receipt':
    'Copy the receipt from the message on that phone. Tries left for this test: {triesLeft}.',
};

export const cancellationRefusals: RefusalTexts<CancellationRefusal> = {
  'transfer-not-found': 'No transfer has this id.',
  'past-cancelling':
    'It is {state}: only what has not left can be taken back. What was sent, its receiver may ' +
    'send back.',
};

export const settlementRefusals: RefusalTexts<SettlementRefusal> = {
  'transfer-not-found': 'No transfer has this id.',
  'settled-by-provider': "The provider's own word stands, or nothing was sent yet.",
  'still-asking': 'The engine is still asking. Wait until it is an exception.',
  'may-still-answer':
    'The provider may answer until {until}. Settled too early, money could go out twice.',
  'receipt-of-another': 'This receipt was booked with transfer {transferId}.',
};
