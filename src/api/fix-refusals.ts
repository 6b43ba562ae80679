import type { FixRefusal } from '#collections';

import { refused, type ProblemRaised, type RefusalTexts } from './problem.ts';
import { transferRefusals } from './transfer-refusals.ts';

type MoneyInRefusal = Exclude<FixRefusal, { readonly kind: 'refund-refused' }>;

/** Why nothing was done about an exception, and what mends it; money out has its own reasons. */
const fixRefusals: RefusalTexts<MoneyInRefusal> = {
  'no-such-exception': 'GET /api/qmoi/exceptions lists them; {exceptionId} is not there.',
  'key-used-for-other-input': 'Use a new Idempotency-Key for a new fix.',
  'already-resolved':
    'It was resolved by {by}. Look at it again: undo that first, or name it as the fix to go on ' +
    'after.',
  'fix-not-allowed': '{fix} does not suit it. What does: {allowed}.',
  'no-such-payment': 'No payment has the id {paymentId}.',
  'refund-under-way': 'Nothing else is done with {paymentId} until its refund has ended.',
  'reversed-by-provider':
    'By its statement the provider took {paymentId} back: its payer has the money already. ' +
    'Only if the provider says otherwise: undo that fix, keep the exception, and ask again.',
  'nothing-left':
    'All of {paymentId} is earned or has gone back. Undo the last fix to place it anew.',
  'nothing-allocated': 'Every part has to be above zero, and one of them of the payment itself.',
  'too-many-allocations': 'One fix pays at most {max} charges. Match the rest with another one.',
  'no-such-charge': 'No charge has the id {chargeId}. GET /api/qmoi/charges lists them.',
  'charge-already-paid': '{chargeId} is paid. Choose another charge, or refund the payment.',
  'other-customer': 'The money is held for another phone than the one {chargeId} is for.',
  'more-than-payment': '{paymentId} has {restMinor} left. Allocate less of it.',
  'charge-not-paid-in-full':
    '{chargeId} lacks {missingMinor}. Add another payment, or accept the short one.',
  'more-than-charge': '{chargeId} would get {excessMinor} too much. Allocate less to it.',
  'not-short': 'The payment covers {chargeId}: match it instead.',
  'unknown-stream': 'There is no stream {streamId}. GET /api/qmoi/revenue/status lists them.',
  'not-a-phone-number': 'Write the phone number as 0712345678.',
  'payer-not-known':
    "The provider did not show the payer's whole number: nothing is sent to it or held for it. " +
    'Assign the money to a customer by phone, or keep it.',
  'partly-earned':
    'A part of {paymentId} is earned. Undo its match first, or refund the rest alone.',
  'several-streams':
    'Several streams earned {paymentId}. Undo its match first: money goes back from one place.',
  'only-whole-is-reversed': 'Send a part of a payment back as a payout.',
  'rail-cannot-reverse': '{rail} gives no payment back. Send it back as a payout.',
  'nothing-to-undo': 'No fix of it stands, or somebody has just undone it.',
  'refund-cannot-be-undone':
    'The money has left the wallet or may have: only its payer could send it back.',
  'built-upon': 'The fix of {paymentId} stays: {why}.',
};

export const fixRefused = (refusal: FixRefusal): ProblemRaised =>
  refusal.kind === 'refund-refused'
    ? refused(transferRefusals, refusal.refusal)
    : refused(fixRefusals, refusal);
