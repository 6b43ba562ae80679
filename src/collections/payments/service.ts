import { createHash } from 'node:crypto';

import {
  businessDateOf,
  formatMoney,
  invariant,
  nairobiHourOf,
  type CallbackId,
  type Clock,
  type IdSource,
  type LedgerTransactionId,
} from '#kernel';
import type { Audit } from '#audit';
import { hasEnded, nearReferenceTo, type Billing, type Charge } from '#billing';
import type { Evidence } from '#evidence';
import {
  credit,
  debit,
  railCollection,
  revenue,
  suspense,
  type Ledger,
  type Posting,
} from '#ledger';
import { alongside, type Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import { normaliseReference, type StreamId } from '#streams';

import type { ExceptionStore } from '../exceptions/store.ts';
import { isUnknown, troubleOf } from '../exceptions/trouble.ts';
import type { RevenueChange } from '../figures/store.ts';
import { plainText, type Money, type Placement } from '../judge.ts';
import { createMatcher } from '../matching/service.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';
import { newsOf } from './news.ts';
import { receiptKey, type Payment, type PaymentStore, type Road } from './store.ts';

/** Confirmed money, where it belongs, and what proves it. */
export interface Booking {
  readonly money: Money;
  readonly placement: Placement;
  readonly prompt: Prompt | undefined;
  readonly road: Road;
  readonly evidence:
    | { readonly kind: 'callback'; readonly callbackId: CallbackId }
    | { readonly kind: 'enquiry' | 'list' | 'answer' | 'statement'; readonly raw: string };
}

export interface BookingDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly billing: Billing;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly evidence: Evidence;
  readonly payments: PaymentStore;
  readonly prompts: PromptStore;
  readonly exceptions: ExceptionStore;
}

/** Looked at for a slip of the payer's finger in one group; a flood of strangers' money is not. */
const slipsMax = 50;

interface Prepared {
  readonly booking: Booking;
  readonly payment: Payment & { readonly ledgerTransactionId: LedgerTransactionId };
}

/**
 * Books confirmed money within the caller's transaction: payment, entries, charge, roll-ups,
 * audit, news, all or nothing. A receipt that is known only gains evidence. Charges must be locked
 * by the caller.
 */
export function createBooking(deps: BookingDeps) {
  const { clock, ids, payments, exceptions } = deps;
  const matcher = createMatcher(deps);

  const prepare = (booking: Booking): Prepared => {
    const { money, placement, prompt } = booking;
    invariant(money.amountMinor > 0n, 'confirmed money is an amount above zero');
    const charge = placement.kind === 'stream' ? undefined : placement.charge;
    const streamId =
      placement.kind === 'charge'
        ? placement.charge.streamId
        : placement.kind === 'stream'
          ? placement.streamId
          : undefined;
    return {
      booking,
      payment: {
        id: ids.next('payment'),
        ledgerTransactionId: ids.next('ledgerTransaction'),
        rail: money.rail,
        receipt: money.receipt,
        amountMinor: money.amountMinor,
        state: streamId === undefined ? 'suspense' : 'earned',
        streamId,
        earnedBy: streamId,
        earnedMinor: streamId === undefined ? 0n : money.amountMinor,
        customer: undefined,
        refund: undefined,
        reversal: undefined,
        chargeId: charge?.id,
        promptId: prompt?.id,
        accountReference: plainText(money.accountReference),
        payer: money.payer,
        payerName: money.payerName,
        road: booking.road,
        occurredAt: money.occurredAt,
        bookedAt: clock.now(),
        businessDate: businessDateOf(money.occurredAt),
      },
    };
  };

  const post = async (tx: Tx, fresh: readonly Prepared[]): Promise<void> => {
    // A receipt that is new has never been booked.
    const postings = fresh.map(({ payment }) => postingOf(payment));
    await alongside(tx, deps.ledger.postNew(tx, postings));
    await payments.addRevenue(
      tx,
      fresh.flatMap(({ payment }) =>
        payment.streamId === undefined ? [] : [revenueOf(payment, payment.streamId)],
      ),
    );
  };

  const settleCharges = async (tx: Tx, fresh: readonly Prepared[]): Promise<void> => {
    const paid = fresh.flatMap(({ booking: { placement }, payment }) =>
      placement.kind === 'charge' ? [{ id: placement.charge.id, paymentId: payment.id }] : [],
    );
    await deps.billing.pay(tx, paid);
  };

  const settlePrompts = async (tx: Tx, bookings: readonly Booking[]): Promise<void> => {
    const settled = bookings.flatMap(({ prompt }) => (prompt === undefined ? [] : [prompt.id]));
    if (settled.length === 0) return;
    const trouble = { kind: 'unknown-outcome', subjects: settled } as const;
    await alongside(tx, deps.prompts.settlePaid(tx, settled, clock.now()));
    await alongside(tx, exceptions.resolve(tx, trouble, clock.now()));
  };

  const announce = async (tx: Tx, fresh: readonly Prepared[]): Promise<void> => {
    if (fresh.length === 0) return;
    const news = fresh.map(({ payment }) => ({
      topic: topicOf(payment),
      payload: newsOf(payment),
    }));
    await alongside(tx, deps.outbox.publish(tx, news));
    const record = deps.audit.record(tx, {
      actor: { kind: 'engine', part: 'collections' },
      action: 'payments.booked',
      subject: `payment:${fresh[0]?.payment.id ?? ''}`,
      detail: auditDetailOf(fresh),
    });
    await alongside(tx, record);
    await alongside(tx, tellTroubles(tx, fresh));
  };

  const tellTroubles = async (tx: Tx, fresh: readonly Prepared[]): Promise<void> => {
    const near = await findNear(tx, fresh);
    await exceptions.open(
      tx,
      fresh.flatMap(({ payment, booking: { placement } }) =>
        troubleOf({
          payment,
          placement,
          meant: meantBy(payment, near),
          cameLate: placement.kind === 'charge' && hasEnded(placement.charge.state),
        }),
      ),
      clock.now(),
    );
  };

  /** Charges whose reference may have been mistyped in one of the payments. */
  const findNear = (tx: Tx, fresh: readonly Prepared[]): Promise<readonly Charge[]> => {
    const typed = fresh
      .filter(({ booking: { placement } }) => isUnknown(placement))
      .slice(0, slipsMax)
      .map(({ payment }) => normaliseReference(payment.accountReference));
    const nothingElse = { phones: [], amountsMinor: [], sameAmountMax: 0 };
    return deps.billing.store.waiting(tx, { typed, ...nothingElse });
  };

  /** Answers the payments that are new, in no particular order. */
  return async (tx: Tx, bookings: readonly Booking[]): Promise<readonly Payment[]> => {
    if (bookings.length === 0) return [];
    const prepared = oncePerReceipt(bookings).map(prepare);
    const inserted = await payments.insert(
      tx,
      prepared.map(({ payment }) => payment),
    );
    const fresh = prepared.filter(({ payment }) => inserted.has(payment.id));
    const repeats = prepared.filter(({ payment }) => !inserted.has(payment.id));
    const known = await payments.lockByReceipts(
      tx,
      repeats.map(({ payment }) => payment),
    );
    if (fresh.length > 0) await post(tx, fresh);
    await alongside(tx, settleCharges(tx, fresh));
    const booked = new Map([...known, ...fresh.map(byReceipt)]);
    const paymentOf = ({ money }: Booking): Payment => {
      const payment = booked.get(receiptKey(money));
      invariant(payment !== undefined, 'a receipt is new or known');
      return payment;
    };
    for (const { booking } of repeats) {
      await matcher.again(tx, { booking, payment: paymentOf(booking) });
    }
    await settlePrompts(tx, bookings);
    const notes = bookings.map((booking) => ({
      subject: paymentOf(booking).id,
      ...booking.evidence,
    }));
    await alongside(tx, deps.evidence.link(tx, notes, clock.now()));
    const looked = bookings.map((booking) => ({ booking, payment: paymentOf(booking) }));
    await alongside(tx, matcher.contradict(tx, looked));
    await announce(tx, fresh);
    return fresh.map(({ payment }) => payment);
  };
}

/** A group is one record: how many, how much, and a digest that fixes every receipt and amount. */
const auditDetailOf = (fresh: readonly Prepared[]) => ({
  count: fresh.length,
  amount: formatMoney(fresh.reduce((sum, { payment }) => sum + payment.amountMinor, 0n)),
  last: fresh.at(-1)?.payment.id ?? '',
  digest: createHash('sha256')
    .update(fresh.map(({ payment: p }) => `${p.id} ${p.rail} ${p.receipt} ${p.amountMinor}`).join())
    .digest('hex'),
});

/** What names a charge goes before what names a stream, and that before what names nothing. */
const rankOf = ({ placement }: Booking): number =>
  ['charge', 'stream', 'suspense'].indexOf(placement.kind);

/**
 * Two bookings of one receipt in a group: the one that knows more is booked. Two receipts for one
 * charge: the first pays it.
 */
function oncePerReceipt(bookings: readonly Booking[]): readonly Booking[] {
  const best = new Map<string, Booking>();
  for (const booking of bookings) {
    const key = receiptKey(booking.money);
    const known = best.get(key);
    if (known === undefined || rankOf(booking) < rankOf(known)) best.set(key, booking);
  }
  const charges = new Set<string>();
  return [...best.values()].map((booking) => {
    const { placement } = booking;
    if (placement.kind !== 'charge') return booking;
    const { charge } = placement;
    if (!charges.has(charge.id)) {
      charges.add(charge.id);
      return booking;
    }
    return { ...booking, placement: { kind: 'suspense', why: 'duplicate-payment', charge } };
  });
}

/** The receipt is the key: whichever road tells of it, it is booked once. */
const postingOf = (payment: Prepared['payment']): Posting => ({
  id: payment.ledgerTransactionId,
  kind: payment.state === 'earned' ? 'payment' : 'payment-in-suspense',
  idempotencyKey: `payment:${payment.rail}:${payment.receipt}`,
  subject: payment.id,
  occurredAt: payment.occurredAt,
  entries: [
    debit(railCollection(payment.rail), payment.amountMinor),
    credit(
      payment.streamId === undefined ? suspense(payment.rail) : revenue(payment.streamId),
      payment.amountMinor,
    ),
  ],
});

/** Two charges that are as near tell nothing. */
function meantBy(payment: Payment, near: readonly Charge[]): Charge | undefined {
  if (near.length === 0) return undefined;
  const isNear = nearReferenceTo(normaliseReference(payment.accountReference));
  const [first, ...more] = near.filter(({ reference }) => isNear(reference));
  return more.length === 0 ? first : undefined;
}

const revenueOf = (payment: Payment, streamId: StreamId): RevenueChange => ({
  ...payment,
  streamId,
  hour: nairobiHourOf(payment.occurredAt),
  payments: 1,
});

const byReceipt = ({ payment }: Prepared): readonly [string, Payment] => [
  receiptKey(payment),
  payment,
];

const topicOf = (payment: Payment): string =>
  payment.state === 'earned' ? 'payment.confirmed' : 'payment.suspended';
