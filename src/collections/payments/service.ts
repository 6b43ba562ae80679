import { createHash } from 'node:crypto';

import {
  businessDateOf,
  floorShillings,
  formatMoney,
  invariant,
  nairobiHourOf,
  type CallbackId,
  type Clock,
  type IdSource,
  type LedgerTransactionId,
  type PaymentId,
} from '#kernel';
import type { Audit } from '#audit';
import type { Billing } from '#billing';
import type { Evidence, EvidenceNote } from '#evidence';
import {
  credit,
  debit,
  railCollection,
  revenue,
  suspense,
  type Ledger,
  type Posting,
} from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import { findStream } from '#streams';

import type { ExceptionStore, NewException } from '../exceptions/store.ts';
import { payerForPeople, type Money, type Placement } from '../judge.ts';
import type { Prompt } from '../prompts/prompt.ts';
import type { PromptStore } from '../prompts/store.ts';
import type { Payment, PaymentStore, Road } from './store.ts';

/** Confirmed money, where it belongs, and what proves it. */
export interface Booking {
  readonly money: Money;
  readonly placement: Placement;
  readonly prompt: Prompt | undefined;
  readonly road: Road;
  readonly evidence:
    | { readonly kind: 'callback'; readonly callbackId: CallbackId }
    | { readonly kind: 'enquiry' | 'list' | 'answer'; readonly raw: string };
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
        chargeId: charge?.id,
        promptId: prompt?.id,
        accountReference: money.accountReference.slice(0, 64),
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
    const postings = fresh.map(({ payment }) => postingOf(payment));
    const posted = await deps.ledger.post(tx, postings);
    invariant(posted.ok && posted.value.length === fresh.length, 'a new receipt is booked anew');
    await payments.addRevenue(
      tx,
      fresh.flatMap(({ payment }) =>
        payment.streamId === undefined
          ? []
          : [{ ...payment, streamId: payment.streamId, hour: nairobiHourOf(payment.occurredAt) }],
      ),
    );
  };

  const settleCharges = async (tx: Tx, fresh: readonly Prepared[]): Promise<void> => {
    const paid = fresh.flatMap(({ booking: { placement }, payment }) =>
      placement.kind === 'charge'
        ? [{ id: placement.charge.id, to: 'paid' as const, paymentId: payment.id }]
        : [],
    );
    const changed = await deps.billing.change(tx, paid);
    invariant(changed.size === paid.length, 'a locked payable charge becomes paid');
  };

  const settlePrompts = async (tx: Tx, bookings: readonly Booking[]): Promise<void> => {
    for (const { prompt } of bookings) {
      if (prompt !== undefined) {
        await deps.prompts.change(tx, { id: prompt.id, to: 'paid' }, clock.now());
      }
    }
  };

  const announce = async (tx: Tx, fresh: readonly Prepared[]): Promise<void> => {
    if (fresh.length === 0) return;
    await deps.outbox.publish(
      tx,
      fresh.map(({ payment }) => ({ topic: topicOf(payment), payload: newsOf(payment) })),
    );
    await deps.audit.record(tx, {
      actor: { kind: 'engine', part: 'collections' },
      action: 'payments.booked',
      subject: `payment:${fresh[0]?.payment.id ?? ''}`,
      detail: auditDetailOf(fresh),
    });
    await exceptions.open(tx, fresh.flatMap(exceptionOf), clock.now());
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
    if (fresh.length > 0) await post(tx, fresh);
    await settleCharges(tx, fresh);
    await settlePrompts(tx, bookings);
    await deps.evidence.link(tx, await evidenceFor(tx, { payments, bookings, fresh }), clock.now());
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

/** Two bookings of one receipt, or of one charge, in a group: the first is booked as it is. */
function oncePerReceipt(bookings: readonly Booking[]): readonly Booking[] {
  const receipts = new Set<string>();
  const charges = new Set<string>();
  const kept: Booking[] = [];
  for (const booking of bookings) {
    const key = `${booking.money.rail} ${booking.money.receipt}`;
    if (receipts.has(key)) continue;
    receipts.add(key);
    const { placement } = booking;
    if (placement.kind !== 'charge') {
      kept.push(booking);
    } else if (charges.has(placement.charge.id)) {
      const { charge } = placement;
      kept.push({
        ...booking,
        placement: { kind: 'suspense', why: 'duplicate-payment', charge },
      });
    } else {
      charges.add(placement.charge.id);
      kept.push(booking);
    }
  }
  return kept;
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

async function evidenceFor(
  tx: Tx,
  group: {
    readonly payments: PaymentStore;
    readonly bookings: readonly Booking[];
    readonly fresh: readonly Prepared[];
  },
): Promise<readonly EvidenceNote[]> {
  const idOf = new Map<string, PaymentId>(
    group.fresh.map(({ payment }) => [`${payment.rail} ${payment.receipt}`, payment.id]),
  );
  for (const { money } of group.bookings) {
    const key = `${money.rail} ${money.receipt}`;
    if (idOf.has(key)) continue;
    const known = await group.payments.byReceipts(tx, money.rail, [money.receipt]);
    const payment = known.get(money.receipt);
    if (payment !== undefined) idOf.set(key, payment.id);
  }
  return group.bookings.flatMap(({ money, evidence }) => {
    const subject = idOf.get(`${money.rail} ${money.receipt}`);
    return subject === undefined ? [] : [{ subject, ...evidence }];
  });
}

const topicOf = (payment: Payment): string =>
  payment.state === 'earned' ? 'payment.confirmed' : 'payment.suspended';

const newsOf = (payment: Payment) => ({
  paymentId: payment.id,
  rail: payment.rail,
  receipt: payment.receipt,
  amount: floorShillings(payment.amountMinor),
  stream: payment.streamId ?? null,
  streamName: (payment.streamId && findStream(payment.streamId)?.name) ?? null,
  payer: payerForPeople(payment.payer) ?? null,
  occurredAt: payment.occurredAt,
});

const exceptionOf = ({ booking, payment }: Prepared): readonly NewException[] => {
  const { placement } = booking;
  if (placement.kind !== 'suspense') return [];
  return [
    {
      kind: placement.why,
      rail: payment.rail,
      subject: payment.id,
      amountMinor: payment.amountMinor,
      detail: {
        receipt: payment.receipt,
        accountReference: payment.accountReference,
        charge: placement.charge?.id ?? null,
      },
    },
  ];
};
