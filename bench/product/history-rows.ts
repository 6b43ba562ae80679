import { createHash, hash } from 'node:crypto';

import {
  businessDateOf,
  compactNairobi,
  formatMoney,
  invariant,
  maskMsisdn,
  numberFromId,
  shillings,
  type BusinessDate,
  type EpochMs,
  type PaymentId,
} from '#kernel';
import { packBodies } from '#evidence';
import { railCollection, revenue, suspense, type Account } from '#ledger';
import { findStream } from '#streams';

import type { Foundation } from '../../src/foundation.ts';
import { bodyOf, receiptOf, shownPayer } from './callbacks.ts';
import type { Drawn, SeedCharge } from './drawing.ts';

/** A callback of the past with every row that it left behind, sealed where those are sealed. */
export interface Past {
  readonly drawn: Drawn;
  readonly charge: SealedCharge | undefined;
  readonly receivedAt: EpochMs;
  /** When the payer paid: by the second, as providers tell it. */
  readonly occurredAt: EpochMs;
  readonly bookedAt: EpochMs;
  readonly callbackId: bigint;
  readonly channel: 'stk-result' | 'paybill-confirmation';
  readonly contentDay: BusinessDate;
  readonly digest: Buffer;
  readonly body: Buffer;
  readonly paymentId: PaymentId;
  readonly payment: bigint;
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly payerSealed: Buffer;
  readonly payerIndex: Buffer | null;
  readonly transactionId: bigint;
  readonly inputHash: Buffer;
  /** Where the money went, by the name of the account. */
  readonly credited: string;
  readonly evidenceId: bigint;
  /** Of money that named nothing. */
  readonly exceptionId: bigint | null;
}

interface SealedCharge extends SeedCharge {
  readonly phoneIndex: Buffer;
  readonly phoneSealed: Buffer;
  readonly createdAt: EpochMs;
}

/** What is kept for seven days only. */
export interface PastEvent {
  readonly id: bigint;
  readonly topic: string;
  readonly occurredAt: EpochMs;
  readonly payload: string;
}

/** What a group of callbacks said, sealed together. */
export interface PastPack {
  readonly id: bigint;
  readonly sealed: Buffer;
  /** How many it holds. */
  readonly size: number;
}

export interface PastTimes {
  readonly createdAt: EpochMs;
  readonly receivedAt: EpochMs;
}

export interface PastClock {
  moveTo(at: EpochMs): void;
}

const bookingMs = 5;
const collection = railCollection('mpesa');

/** Makes the rows of one callback after another; the clock of `foundation` is moved along. */
export function createPast(
  foundation: Foundation,
  { shortCode, clock }: { readonly shortCode: string; readonly clock: PastClock },
): (draw: (number: number) => Drawn, number: number, times: PastTimes) => Past {
  const { ids, vault, blindIndex, tokens } = foundation;
  const confirmationToken = tokens.tokenFor({ channel: 'paybill-confirmation', subject: 0n });
  const sealCharge = (charge: SeedCharge, createdAt: EpochMs): SealedCharge => ({
    ...charge,
    createdAt,
    phoneIndex: blindIndex(charge.msisdn),
    phoneSealed: vault.seal(charge.msisdn, {
      table: 'charge',
      column: 'phone_sealed',
      row: numberFromId(charge.id),
    }),
  });

  return (draw, number, { createdAt, receivedAt }) => {
    clock.moveTo(createdAt);
    const drawn = draw(number);
    const { callback, streamId } = drawn;
    const charge = drawn.charge === undefined ? undefined : sealCharge(drawn.charge, createdAt);
    invariant(callback.kind !== 'broken', 'what is drawn is whole');
    clock.moveTo(receivedAt);
    const time = compactNairobi(receivedAt);
    const receipt = receiptOf(number, receivedAt);
    const body = bodyOf(callback, { shortCode, time, receipt });
    const isPrompt = callback.kind === 'prompt';
    const channel = isPrompt ? 'stk-result' : 'paybill-confirmation';
    const token = isPrompt ? callback.token : confirmationToken;
    const callbackId = numberFromId(ids.next('callback'));
    clock.moveTo(receivedAt + bookingMs);
    const paymentId = ids.next('payment');
    const payment = numberFromId(paymentId);
    const posting = {
      kind: kindOf(streamId),
      paymentId,
      occurredAt: receivedAt - (receivedAt % 1_000),
      amountMinor: shillings(callback.amount),
      credited: streamId === undefined ? suspense('mpesa') : revenue(streamId),
    };
    return {
      drawn,
      charge,
      receivedAt,
      occurredAt: posting.occurredAt,
      bookedAt: receivedAt + bookingMs,
      callbackId,
      channel,
      // Of the prompt that the address is for, or of the payment.
      contentDay: businessDateOf(isPrompt ? createdAt : posting.occurredAt),
      digest: hash('sha256', `${channel}|${token}|${body}`, 'buffer'),
      body: Buffer.from(body),
      paymentId,
      payment,
      receipt,
      amountMinor: posting.amountMinor,
      reference: charge?.reference ?? (isPrompt ? '' : callback.reference),
      payerSealed: vault.seal(JSON.stringify(shownPayer(callback)), {
        table: 'payment',
        column: 'payer_sealed',
        row: payment,
      }),
      payerIndex: isPrompt ? (charge?.phoneIndex ?? null) : null,
      transactionId: numberFromId(ids.next('ledgerTransaction')),
      inputHash: inputHashOf(posting),
      credited: posting.credited.name,
      evidenceId: numberFromId(ids.next('evidence')),
      exceptionId: streamId === undefined ? numberFromId(ids.next('exception')) : null,
    };
  };
}

export const kindOf = (streamId: string | undefined): string =>
  streamId === undefined ? 'payment-in-suspense' : 'payment';

/** Like the ledger's own: of kind, subject, time and entries. */
const inputHashOf = (posting: {
  readonly kind: string;
  readonly paymentId: PaymentId;
  readonly occurredAt: EpochMs;
  readonly amountMinor: bigint;
  readonly credited: Account;
}): Buffer => {
  const { kind, paymentId, occurredAt, amountMinor, credited } = posting;
  const entries = [
    [collection.name, collection.currency, String(amountMinor)],
    [credited.name, credited.currency, String(-amountMinor)],
  ];
  return hash('sha256', JSON.stringify([kind, paymentId, occurredAt, entries]), 'buffer');
};

/** The news of a callback: of its payment, and of its charge if it had one. */
export function eventsOf({ ids }: Pick<Foundation, 'ids'>, past: Past): readonly PastEvent[] {
  const { callback, charge, streamId } = past.drawn;
  const event = (topic: string, payload: object): PastEvent => ({
    id: numberFromId(ids.next('event')),
    topic,
    occurredAt: past.bookedAt,
    payload: JSON.stringify(payload),
  });
  const [shown] = shownPayer(callback);
  const news = event(streamId === undefined ? 'payment.suspended' : 'payment.confirmed', {
    paymentId: past.paymentId,
    rail: 'mpesa',
    receipt: past.receipt,
    amount: callback.amount,
    stream: streamId ?? null,
    streamName: streamId === undefined ? null : (findStream(streamId)?.name ?? null),
    payer: charge !== undefined && charge.isPrompted ? maskMsisdn(charge.msisdn) : shown,
    occurredAt: past.occurredAt,
  });
  if (charge === undefined) return [news];
  return [event('charge.paid', { chargeId: charge.id, reason: null }), news];
}

/** What the engine records of a group of payments it has booked. */
export const auditEntryOf = (group: readonly Past[]) => ({
  actor: { kind: 'engine', part: 'collections' } as const,
  action: 'payments.booked',
  subject: `payment:${group[0]?.paymentId ?? ''}`,
  detail: {
    count: group.length,
    amount: formatMoney(group.reduce((sum, { amountMinor }) => sum + amountMinor, 0n)),
    last: group.at(-1)?.paymentId ?? '',
    digest: createHash('sha256')
      .update(group.map((p) => `${p.paymentId} mpesa ${p.receipt} ${p.amountMinor}`).join())
      .digest('hex'),
  },
});

export function packOf({ vault }: Foundation, group: readonly Past[]): PastPack {
  const [first] = group;
  invariant(first !== undefined, 'a group has a callback');
  const { callbackId: id } = first;
  const plain = packBodies(group.map(({ callbackId: row, body }) => ({ row, body })));
  const place = { table: 'callback_pack', column: 'bodies_sealed', row: id };
  return { id, sealed: vault.seal(plain, place), size: group.length };
}
