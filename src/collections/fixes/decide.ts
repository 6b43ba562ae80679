import {
  err,
  invariant,
  ok,
  parseMsisdn,
  unreachable,
  type ChargeId,
  type FixId,
  type Msisdn,
  type PaymentId,
  type Result,
} from '#kernel';
import type { Charge, ChargeState } from '#billing';
import { findStream, type StreamId } from '#streams';

import type { Exception } from '../exceptions/store.ts';
import type { Place, Reversal } from '../payments/gone-back.ts';
import type { Payment, PaymentState } from '../payments/store.ts';
import type { FixRefusal } from './errors.ts';
import {
  allocationsMax,
  factsOf,
  type AllocationOrder,
  type Fix,
  type FixKind,
  type FixOf,
} from './fix.ts';
import { lyingIn, placeOf, restOf } from './places.ts';

/** What is known while everything the fix could touch is locked. */
export interface FixFacts {
  readonly exception: Pick<Exception, 'kind' | 'state' | 'fixId'>;
  /** The fix that whoever asks has seen and goes on from, where the exception is resolved. */
  readonly after: FixId | undefined;
  /** The one the exception is about. */
  readonly payment: Payment | undefined;
  readonly payments: ReadonlyMap<PaymentId, Payment>;
  /** Payments that their provider has taken back, as long as nobody has decided about that. */
  readonly takenBack: ReadonlySet<string>;
  /** What the provider gave back of the payment, where the exception is about that. */
  readonly told: Omit<Reversal, 'from'> | undefined;
  readonly charges: ReadonlyMap<ChargeId, Charge>;
  readonly isPayable: (state: ChargeState) => boolean;
  /** The payment's rail gives whole payments back. */
  readonly isReversible: boolean;
}

/** Money of a payment that a stream earns, for a charge where there is one. */
export interface PlannedAllocation {
  readonly payment: Payment;
  readonly charge: Charge | undefined;
  readonly streamId: StreamId;
  readonly amountMinor: bigint;
  readonly waivedMinor: bigint;
}

export interface PlannedMove {
  readonly payment: Payment;
  readonly to: PaymentState;
  /** What streams earn of it now. */
  readonly earnedMinor: bigint;
  readonly customer: Msisdn | undefined;
}

export interface PlannedRefund {
  readonly payment: Payment;
  readonly from: Place;
  readonly amountMinor: bigint;
  readonly by: { readonly kind: 'reversal' } | { readonly kind: 'payout'; readonly msisdn: Msisdn };
}

export interface PlannedReversal extends Reversal {
  readonly payment: Payment;
}

export interface FixPlan {
  readonly allocations: readonly PlannedAllocation[];
  readonly moves: readonly PlannedMove[];
  readonly refund: PlannedRefund | undefined;
  readonly reversal: PlannedReversal | undefined;
  /** Nothing about the money is left to decide. */
  readonly resolves: boolean;
}

type Decision = Result<FixPlan, FixRefusal>;

const nothingMoves: FixPlan = {
  allocations: [],
  moves: [],
  refund: undefined,
  reversal: undefined,
  resolves: true,
};

/** Facts in, plan out: which money moves where, or why not. */
export function decideFix(fix: Fix, facts: FixFacts): Decision {
  const { exception, payment } = facts;
  if (exception.state === 'resolved') {
    const goesOn = exception.fixId !== undefined && exception.fixId === facts.after;
    if (!goesOn) return err({ kind: 'already-resolved', by: exception.fixId ?? 'itself' });
  }
  const { fixes } = factsOf(exception.kind);
  if (!fixes.includes(fix.kind)) {
    return err({ kind: 'fix-not-allowed', fix: fix.kind, allowed: fixes.join(', ') });
  }
  if (payment?.state === 'refunding') {
    return err({ kind: 'refund-under-way', paymentId: payment.id });
  }
  if (fix.kind === 'keep' || fix.kind === 'dismiss') return ok(nothingMoves);
  if (payment === undefined) {
    return err({ kind: 'fix-not-allowed', fix: fix.kind, allowed: noPayment });
  }
  if (fix.kind === 'book-reversal') return bookReversal(payment, facts);
  const gone = [payment, ...facts.payments.values()].find(({ id }) => facts.takenBack.has(id));
  if (gone !== undefined) return err({ kind: 'reversed-by-provider', paymentId: gone.id });
  return decideMoney(fix, payment, facts);
}

const noPayment = ['keep', 'dismiss'].join(', ');

function decideMoney(
  fix: FixOf<Exclude<FixKind, 'book-reversal' | 'keep' | 'dismiss'>>,
  payment: Payment,
  facts: FixFacts,
): Decision {
  switch (fix.kind) {
    case 'match':
      return match(fix, payment, facts);
    case 'accept-short':
      return acceptShort(fix, payment, facts);
    case 'assign-stream':
      return assignStream(fix, payment);
    case 'assign-customer':
      return assignCustomer(fix, payment);
    case 'refund':
      return refund(fix, payment, facts);
    default:
      return unreachable(fix, 'fix');
  }
}

/** Money that can still be placed lies in suspense or with a customer. */
function refusalToPlace(payment: Payment): FixRefusal | undefined {
  const { id: paymentId, state } = payment;
  if (state === 'refunding') return { kind: 'refund-under-way', paymentId };
  if (state !== 'suspense' && state !== 'credit') return { kind: 'nothing-left', paymentId };
  return undefined;
}

const planOf = (plan: Partial<FixPlan>): Decision => ok({ ...nothingMoves, ...plan });

function refusalToPay(
  { payment, charge }: { readonly payment: Payment; readonly charge: Charge },
  { isPayable }: FixFacts,
): FixRefusal | undefined {
  const { id: chargeId, msisdn } = charge;
  if (!isPayable(charge.state)) return { kind: 'charge-already-paid', chargeId };
  const { customer } = payment;
  const isOthers = customer !== undefined && msisdn !== undefined && customer !== msisdn;
  return isOthers ? { kind: 'other-customer', chargeId } : undefined;
}

interface Pair {
  readonly payment: Payment;
  readonly charge: Charge;
  readonly amountMinor: bigint | undefined;
}

/** The orders with what they name, or the first of them that cannot be. */
function pairsOf(
  orders: readonly AllocationOrder[],
  own: Payment,
  facts: FixFacts,
): Result<readonly Pair[], FixRefusal> {
  const pairs: Pair[] = [];
  for (const { chargeId, amountMinor, paymentId = own.id } of orders) {
    const payment = facts.payments.get(paymentId);
    if (payment === undefined) return err({ kind: 'no-such-payment', paymentId });
    const misplaced = refusalToPlace(payment);
    if (misplaced !== undefined) return err(misplaced);
    const charge = facts.charges.get(chargeId);
    if (charge === undefined) return err({ kind: 'no-such-charge', chargeId });
    const unpayable = refusalToPay({ payment, charge }, facts);
    if (unpayable !== undefined) return err(unpayable);
    pairs.push({ payment, charge, amountMinor });
  }
  return ok(pairs);
}

const sum = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((total, amount) => total + amount, 0n);

const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** What was said comes first; the others share what is left, in order. */
function amountsOf(pairs: readonly Pair[]): readonly PlannedAllocation[] {
  const planned: PlannedAllocation[] = [];
  const takenOf = (payment: Payment): bigint =>
    sum(planned.filter((one) => one.payment.id === payment.id).map((one) => one.amountMinor));
  const paidOf = (charge: Charge): bigint =>
    sum(planned.filter((one) => one.charge?.id === charge.id).map((one) => one.amountMinor));
  const said = pairs.filter(({ amountMinor }) => amountMinor !== undefined);
  const unsaid = pairs.filter(({ amountMinor }) => amountMinor === undefined);
  for (const { payment, charge, amountMinor } of [...said, ...unsaid]) {
    planned.push({
      payment,
      charge,
      streamId: charge.streamId,
      amountMinor:
        amountMinor ??
        smaller(charge.amountMinor - paidOf(charge), restOf(payment) - takenOf(payment)),
      waivedMinor: 0n,
    });
  }
  return planned;
}

/** No payment gives more than it has, and every charge is paid to the cent. */
function refusalOfSums(planned: readonly PlannedAllocation[]): FixRefusal | undefined {
  for (const [payment, own] of Map.groupBy(planned, (one) => one.payment)) {
    const { id: paymentId } = payment;
    const restMinor = restOf(payment);
    if (sum(own.map((one) => one.amountMinor)) > restMinor) {
      return { kind: 'more-than-payment', paymentId, restMinor };
    }
  }
  for (const [charge, own] of Map.groupBy(planned, (one) => one.charge)) {
    if (charge === undefined) continue;
    const { id: chargeId } = charge;
    const missingMinor = charge.amountMinor - sum(own.map((one) => one.amountMinor));
    if (missingMinor > 0n) return { kind: 'charge-not-paid-in-full', chargeId, missingMinor };
    if (missingMinor < 0n) {
      return { kind: 'more-than-charge', chargeId, excessMinor: -missingMinor };
    }
  }
  return planned.every(({ amountMinor }) => amountMinor > 0n)
    ? undefined
    : { kind: 'nothing-allocated' };
}

function match(fix: FixOf<'match'>, own: Payment, facts: FixFacts): Decision {
  const misplaced = refusalToPlace(own);
  if (misplaced !== undefined) return err(misplaced);
  if (fix.allocations.length > allocationsMax) {
    return err({ kind: 'too-many-allocations', max: allocationsMax });
  }
  const pairs = pairsOf(fix.allocations, own, facts);
  if (!pairs.ok) return pairs;
  if (!pairs.value.some(({ payment }) => payment.id === own.id)) {
    return err({ kind: 'nothing-allocated' });
  }
  const allocations = amountsOf(pairs.value);
  const wrong = refusalOfSums(allocations);
  if (wrong !== undefined) return err(wrong);
  const moves = [...Map.groupBy(allocations, (one) => one.payment)].map(([payment, parts]) =>
    moveFor(payment, sum(parts.map((one) => one.amountMinor))),
  );
  return holdRest(fix, own, { ...nothingMoves, allocations, moves });
}

/** The rest stays where it lay. */
const moveFor = (payment: Payment, earnedMinor: bigint): PlannedMove => ({
  payment,
  to: earnedMinor === restOf(payment) ? 'earned' : payment.state,
  earnedMinor,
  customer: payment.customer,
});

/** What a match leaves of the exception's own payment: decided about, or still to be decided. */
function holdRest(fix: FixOf<'match'>, own: Payment, plan: FixPlan): Decision {
  const move = plan.moves.find(({ payment }) => payment.id === own.id);
  if (move?.to !== 'suspense') return ok(plan);
  if (fix.rest === 'stays') return ok({ ...plan, resolves: false });
  const customer = customerOf(fix, own);
  if (!customer.ok) return customer;
  const held: PlannedMove = { ...move, to: 'credit', customer: customer.value };
  return ok({ ...plan, moves: plan.moves.map((one) => (one === move ? held : one)) });
}

/** Whom money is held for: who is named, else who paid. */
function customerOf(
  { phone }: { readonly phone: string | undefined },
  { payer }: Payment,
): Result<Msisdn, FixRefusal> {
  const customer = parseMsisdn(phone ?? payer ?? '');
  if (customer.ok) return customer;
  return err({ kind: phone === undefined ? 'payer-not-known' : 'not-a-phone-number' });
}

function acceptShort(fix: FixOf<'accept-short'>, payment: Payment, facts: FixFacts): Decision {
  const misplaced = refusalToPlace(payment);
  if (misplaced !== undefined) return err(misplaced);
  const chargeId = fix.chargeId ?? payment.chargeId;
  const charge = chargeId === undefined ? undefined : facts.charges.get(chargeId);
  if (charge === undefined) return err({ kind: 'no-such-charge', chargeId: chargeId ?? 'none' });
  const unpayable = refusalToPay({ payment, charge }, facts);
  if (unpayable !== undefined) return err(unpayable);
  const amountMinor = restOf(payment);
  const waivedMinor = charge.amountMinor - amountMinor;
  if (waivedMinor <= 0n) return err({ kind: 'not-short', chargeId: charge.id });
  const { streamId } = charge;
  return planOf({
    allocations: [{ payment, charge, streamId, amountMinor, waivedMinor }],
    moves: [moveFor(payment, amountMinor)],
  });
}

function assignStream(fix: FixOf<'assign-stream'>, payment: Payment): Decision {
  const misplaced = refusalToPlace(payment);
  if (misplaced !== undefined) return err(misplaced);
  const stream = findStream(fix.streamId);
  if (stream === undefined) return err({ kind: 'unknown-stream', streamId: fix.streamId });
  const amountMinor = restOf(payment);
  const earned = { payment, charge: undefined, streamId: stream.id, amountMinor, waivedMinor: 0n };
  return planOf({ allocations: [earned], moves: [moveFor(payment, amountMinor)] });
}

function assignCustomer(fix: FixOf<'assign-customer'>, payment: Payment): Decision {
  if (payment.state !== 'suspense') return err({ kind: 'nothing-left', paymentId: payment.id });
  const customer = customerOf(fix, payment);
  if (!customer.ok) return customer;
  const move: PlannedMove = { payment, to: 'credit', earnedMinor: 0n, customer: customer.value };
  return planOf({ moves: [move] });
}

/** What the statement says went; whoever settles with the payer resolves the exception. */
function bookReversal(payment: Payment, { told }: FixFacts): Decision {
  invariant(told !== undefined, 'only what a statement tells of is booked');
  const { id: paymentId } = payment;
  if (payment.state === 'refunded' || payment.state === 'reversed') {
    return err({ kind: 'nothing-left', paymentId });
  }
  // First: what is no more than was paid may need room, and room is made for nothing else.
  if (told.amountMinor > payment.amountMinor) {
    return err({ kind: 'more-than-payment', paymentId, restMinor: payment.amountMinor });
  }
  const from = placeOf(payment);
  if (from === undefined) return err({ kind: 'several-streams', paymentId });
  if (told.amountMinor > lyingIn(payment, from)) return err({ kind: 'partly-earned', paymentId });
  return planOf({ reversal: { ...told, payment, from }, resolves: false });
}

/** Where the money of a refund lies: all of it in one place, or it is not refunded in one go. */
function refundable(fix: FixOf<'refund'>, payment: Payment): Result<Place, FixRefusal> {
  const { id: paymentId, state } = payment;
  if (state === 'refunded' || state === 'refunding' || state === 'reversed') {
    return err({ kind: 'nothing-left', paymentId });
  }
  if (fix.part === 'rest') {
    return restOf(payment) > 0n ? ok(state) : err({ kind: 'nothing-left', paymentId });
  }
  if (state !== 'earned') {
    return payment.earnedMinor === 0n ? ok(state) : err({ kind: 'partly-earned', paymentId });
  }
  return payment.earnedBy === undefined ? err({ kind: 'several-streams', paymentId }) : ok(state);
}

function refund(fix: FixOf<'refund'>, payment: Payment, facts: FixFacts): Decision {
  const from = refundable(fix, payment);
  if (!from.ok) return from;
  const amountMinor = from.value === 'earned' ? payment.amountMinor : restOf(payment);
  const isWhole = amountMinor === payment.amountMinor;
  const kind = fix.by ?? (isWhole && facts.isReversible ? 'reversal' : 'payout');
  const plan = (by: PlannedRefund['by']): Decision =>
    planOf({ refund: { payment, from: from.value, amountMinor, by } });
  if (kind === 'reversal') {
    if (!isWhole) return err({ kind: 'only-whole-is-reversed' });
    if (!facts.isReversible) return err({ kind: 'rail-cannot-reverse', rail: payment.rail });
    return plan({ kind });
  }
  const msisdn = parseMsisdn(payment.payer ?? '');
  return msisdn.ok ? plan({ kind, msisdn: msisdn.value }) : err({ kind: 'payer-not-known' });
}
