import {
  formatMoney,
  idFromNumber,
  numberFromId,
  unreachable,
  type CallbackId,
  type RailId,
} from '#kernel';
import type { Tx } from '#platform/db';
import type { BalanceReport, OwnIdHint, PayoutResult, QueueTimeout, ReceiptReport } from '#rails';

import type { Bookings } from '../bookings/service.ts';
import type { TransfersDeps } from '../deps.ts';
import type { Floats } from '../floats/service.ts';
import type { TransferStore } from '../store.ts';
import type { Trust } from './trust.ts';
import {
  backStates,
  isTransferOwnId,
  roadOf,
  unsettledStates,
  type Transfer,
  type TransferState,
} from '../transfer.ts';

export type MoneyOutEvent = PayoutResult | QueueTimeout | ReceiptReport | OwnIdHint | BalanceReport;

/** A callback that is safe on disk, read, and perhaps about money out. */
export interface PayoutEvent {
  readonly callbackId: CallbackId;
  readonly rail: RailId;
  readonly event: MoneyOutEvent;
  /** The id its unguessable address was made for; undefined when the address is not ours. */
  readonly subject: bigint | undefined;
}

export type RecorderDeps = Pick<TransfersDeps, 'clock' | 'rails' | 'openTroubles'> & {
  readonly store: TransferStore;
  readonly bookings: Bookings;
  readonly floats: Floats;
  readonly trust: Trust;
};

/** Nobody asks again before that, unless an earlier polite moment is found. */
const claimMs = 180_000;

/** What callbacks say of transfers and wallets. */
export function createPayoutRecorder(deps: RecorderDeps) {
  const { clock, store } = deps;
  const { complete, completePlain, fail, isBackAlready, mismatch } = deps.bookings;

  const forged = (tx: Tx, received: PayoutEvent, why: string): Promise<void> =>
    deps.openTroubles(tx, [
      {
        kind: 'forged-callback',
        rail: received.rail,
        subject: received.callbackId,
        amountMinor: undefined,
        detail: { why, event: received.event.kind },
      },
    ]);

  const askSoon = (tx: Tx, transfer: Transfer, states: readonly TransferState[]): Promise<void> => {
    const floorMs = deps.rails.get(transfer.rail)?.capabilities.payoutQueryAfterMs[0] ?? 0;
    const at = Math.max(clock.now(), (transfer.sentAt ?? clock.now()) + floorMs);
    return store.askSoon(tx, { id: transfer.id, at, states });
  };

  /** The address alone says whose it is: what else such a callback holds is documented nowhere. */
  const onQueueTimeout = async (tx: Tx, transfer: Transfer): Promise<void> => {
    const { id } = transfer;
    const nextStepAt = clock.now() + claimMs;
    const change = { id, to: 'unknown', reason: 'queue-timeout', nextStepAt } as const;
    await store.change(tx, change, clock.now());
    await askSoon(tx, transfer, unsettledStates);
  };

  const onPayoutResult = async (
    tx: Tx,
    received: PayoutEvent,
    event: PayoutResult | QueueTimeout,
  ): Promise<void> => {
    const transfer = await transferOfSubject(tx, received);
    if (transfer === undefined) return forged(tx, received, 'no-such-transfer');
    if (event.kind === 'queue-timeout' || event.verdict !== 'completed') {
      deps.trust.doubted(transfer.rail);
    }
    if (event.kind === 'queue-timeout') return onQueueTimeout(tx, transfer);
    if (!isAbout(event, transfer)) return forged(tx, received, 'other-ids');
    if (event.verdict === 'unknown') {
      return isBackAlready(transfer, event)
        ? fail(tx, transfer, { ...event, reason: 'other' })
        : askSoon(tx, transfer, unsettledStates);
    }
    if (event.verdict === 'failed') return fail(tx, transfer, event);
    if (isOfAnotherPayment(event.originalReceipt, transfer)) {
      return mismatch(tx, transfer, `the provider gave ${event.originalReceipt} back`);
    }
    if (event.amountMinor !== undefined && event.amountMinor !== transfer.amountMinor) {
      return mismatch(tx, transfer, `the provider says ${formatMoney(event.amountMinor)}`);
    }
    const proof = { kind: 'callback', callbackId: received.callbackId } as const;
    return complete(tx, transfer, { receipt: event.receipt, proof });
  };

  const transferOfSubject = (tx: Tx, received: PayoutEvent): Promise<Transfer | undefined> =>
    received.subject === undefined
      ? Promise.resolve(undefined)
      : store.lock(tx, idFromNumber('transfer', received.subject));

  /** Answers false when the report is about something else than a transfer. */
  const onReport = async (
    tx: Tx,
    received: PayoutEvent,
    event: ReceiptReport,
  ): Promise<boolean> => {
    const transfer = await transferOfSubject(tx, received);
    if (transfer === undefined) return false;
    if (event.verdict !== 'found') return true;
    // Asked by the payment's receipt, a provider may answer with the payment: it says nothing.
    if (event.receipt === transfer.refund?.receipt) return true;
    if (isAboutAnother(event, transfer)) {
      await mismatch(tx, transfer, 'the provider reports on another transaction');
      return true;
    }
    const proof = { kind: 'callback', callbackId: received.callbackId } as const;
    if (event.state === 'completed' && event.amountMinor === transfer.amountMinor) {
      await complete(tx, transfer, { receipt: event.receipt, proof });
    } else if (event.state === 'completed') {
      await mismatch(tx, transfer, 'the provider reports another amount, or none');
    } else if (event.state === 'failed') {
      // Its own code is that of the question, which went well.
      const { description } = event;
      await fail(tx, transfer, { code: 'status-failed', description, reason: 'other' });
    }
    return true;
  };

  const onHint = async (tx: Tx, received: PayoutEvent, event: OwnIdHint): Promise<boolean> => {
    if (!isTransferOwnId(event.ownId)) return false;
    const transfer = await store.lockByOwnId(tx, event.ownId);
    if (transfer === undefined || received.subject === undefined) {
      await forged(tx, received, 'no-such-transfer');
      return true;
    }
    // A success may be told of a transfer that was closed as failed.
    await askSoon(tx, transfer, event.outcome === 'succeeded' ? unsettledOrBack : unsettledStates);
    return true;
  };

  const onBalances = async (tx: Tx, received: PayoutEvent, event: BalanceReport): Promise<void> => {
    if (received.subject === undefined) return forged(tx, received, 'forged-address');
    if (event.verdict !== 'reported') {
      return deps.floats.noteRefusal(tx, received.rail, { code: event.code, description: '' });
    }
    return deps.floats.noteReport(tx, received.rail, event);
  };

  const handle = async (tx: Tx, received: PayoutEvent): Promise<boolean> => {
    const { event } = received;
    switch (event.kind) {
      case 'payout-result':
      case 'queue-timeout':
        await onPayoutResult(tx, received, event);
        return true;
      case 'receipt-report':
        return onReport(tx, received, event);
      case 'own-id-hint':
        return onHint(tx, received, event);
      case 'balance-report':
        await onBalances(tx, received, event);
        return true;
      default:
        return unreachable(event, 'an event about money out');
    }
  };

  /**
   * The completions of a group that nothing speaks against and nothing else in it touches, which is
   * almost all of them: these are booked together. Every transfer of the group is locked by it.
   */
  const plainOf = async (tx: Tx, group: readonly PayoutEvent[]): Promise<readonly Plain[]> => {
    const subjects = countsOf(group.map(subjectOf));
    const receipts = countsOf(group.map(receiptOf));
    const locked = await store.lockAll(
      tx,
      [...subjects.keys()].map((subject) => idFromNumber('transfer', subject)),
    );
    const transfers = new Map(locked.map((one) => [numberFromId(one.id), one]));
    const plain = group.flatMap((received): readonly Plain[] => {
      const { event, subject = 0n } = received;
      const transfer = transfers.get(subject);
      if (transfer === undefined || !isCompletion(event) || !isPlain(event, transfer)) return [];
      const isAlone = subjects.get(subject) === 1 && receipts.get(event.receipt) === 1;
      return isAlone ? [{ received, transfer, receipt: event.receipt }] : [];
    });
    const taken = await store.receiptsTaken(
      tx,
      plain.map(({ transfer: { rail }, receipt }) => ({ rail, receipt })),
    );
    return plain.filter(({ receipt }) => !taken.has(receipt));
  };

  return {
    record: async (tx: Tx, group: readonly PayoutEvent[]): Promise<readonly PayoutEvent[]> => {
      const plain = await plainOf(tx, group);
      await completePlain(
        tx,
        plain.map(({ received: { callbackId }, transfer, receipt }) => ({
          transfer,
          receipt,
          proof: { kind: 'callback', callbackId },
        })),
      );
      for (const { transfer } of plain) deps.trust.completed(transfer.rail);
      const booked = new Set(plain.map(({ received }) => received));
      const others: PayoutEvent[] = [];
      for (const received of group) {
        if (!booked.has(received) && !(await handle(tx, received))) others.push(received);
      }
      return others;
    },
  };
}

export type PayoutRecorder = ReturnType<typeof createPayoutRecorder>;

type Completion = Extract<PayoutResult, { verdict: 'completed' }>;

interface Plain {
  readonly received: PayoutEvent;
  readonly transfer: Transfer;
  readonly receipt: string;
}

const isCompletion = (event: MoneyOutEvent): event is Completion =>
  event.kind === 'payout-result' && event.verdict === 'completed';

/** Whose address it came to, where such addresses are made for transfers. */
const subjectOf = ({ event, subject }: PayoutEvent): bigint | undefined =>
  event.kind === 'balance-report' || event.kind === 'own-id-hint' ? undefined : subject;

const receiptOf = ({ event }: PayoutEvent): string | undefined =>
  'receipt' in event ? event.receipt : undefined;

/** How often each value is there; those that are not there do not count. */
function countsOf<Value>(values: readonly (Value | undefined)[]): ReadonlyMap<Value, number> {
  const counts = new Map<Value, number>();
  for (const value of values) {
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** Sent, not over, about us and for our amount; refunds concern whoever keeps the payment too. */
const isPlain = (event: Completion, transfer: Transfer): boolean =>
  transfer.refund === undefined &&
  unsettledStates.includes(transfer.state) &&
  isAbout(event, transfer) &&
  (event.amountMinor === undefined || event.amountMinor === transfer.amountMinor);

const unsettledOrBack: readonly TransferState[] = [...unsettledStates, ...backStates];

/** Either id may be echoed; one that is, and is known, has to be ours. */
function isAbout(event: PayoutResult, transfer: Transfer): boolean {
  const ownFits = event.ownId === transfer.ownId;
  const known = transfer.providerRequestId;
  const requestFits = known !== undefined && event.providerRequestId === known;
  if (ownFits || requestFits) return true;
  // Reversals and moves of own money carry the provider's ids alone.
  if (roadOf(transfer) !== 'payout') return known === undefined;
  // With our answer still out, an event with the provider's own ids proves itself by its address;
  // some providers make up an id in the place of ours.
  const namesAnother = event.ownId !== undefined && isTransferOwnId(event.ownId);
  return known === undefined && !namesAnother;
}

/** Both ids of the original are told, and neither is ours. */
function isAboutAnother(
  event: Extract<ReceiptReport, { verdict: 'found' }>,
  transfer: Transfer,
): boolean {
  const { originalOwnId, originalRequestId } = event;
  const { ownId, providerRequestId } = transfer;
  if (originalOwnId === undefined || originalOwnId === ownId) return false;
  return (
    originalRequestId !== undefined &&
    providerRequestId !== undefined &&
    originalRequestId !== providerRequestId
  );
}

const isOfAnotherPayment = (receipt: string | undefined, { refund }: Transfer): boolean =>
  receipt !== undefined && refund?.by === 'reversal' && receipt !== refund.receipt;
