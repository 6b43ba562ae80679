import {
  floorShillings,
  formatMoney,
  idFromNumber,
  invariant,
  numberFromId,
  unreachable,
  type CallbackId,
  type Clock,
  type IdSource,
  type RailId,
} from '#kernel';
import type { Audit } from '#audit';
import type { Evidence, EvidenceNote } from '#evidence';
import {
  credit,
  debit,
  fees,
  ownerDrawings,
  railCharges,
  railCollection,
  transferInFlight,
  type Entry,
  type Ledger,
} from '#ledger';
import type { Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import type {
  BalanceReport,
  OwnIdHint,
  PayoutResult,
  QueueTimeout,
  Rail,
  ReceiptReport,
} from '#rails';

import type { Trouble } from '../service.ts';
import type { TransferStore } from '../store.ts';
import { isTransferOwnId, type Transfer, type TransferState } from '../transfer.ts';

export type MoneyOutEvent = PayoutResult | QueueTimeout | ReceiptReport | OwnIdHint | BalanceReport;

/** A callback that is safe on disk, read, and perhaps about money out. */
export interface PayoutEvent {
  readonly callbackId: CallbackId;
  readonly rail: RailId;
  readonly event: MoneyOutEvent;
  /** The id its unguessable address was made for; undefined when the address is not ours. */
  readonly subject: bigint | undefined;
}

export interface RecorderDeps {
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly evidence: Evidence;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly store: TransferStore;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly payoutFeeMinor: (rail: RailId, amountMinor: bigint) => bigint;
  readonly openTroubles: (tx: Tx, troubles: readonly Trouble[]) => Promise<void>;
}

export interface Completed {
  readonly receipt: string;
  readonly proof: Proof;
}

export type Proof =
  | { readonly kind: 'callback'; readonly callbackId: CallbackId }
  | { readonly kind: 'enquiry' | 'answer'; readonly raw: string };

export interface Failed {
  readonly code: string;
  readonly description: string;
  readonly reason: string;
}

/** Nobody asks again before that, unless an earlier polite moment is found. */
const claimMs = 180_000;

/** The end of a transfer in the books, and what callbacks say of it. */
export function createPayoutRecorder(deps: RecorderDeps) {
  const { clock, store, ledger } = deps;

  const post = async (
    tx: Tx,
    transfer: Transfer,
    posting: { readonly kind: string; readonly entries: readonly Entry[] },
  ): Promise<void> => {
    const posted = await ledger.post(tx, [
      {
        id: deps.ids.next('ledgerTransaction'),
        kind: posting.kind,
        idempotencyKey: `${posting.kind}:${transfer.id}`,
        subject: transfer.id,
        occurredAt: clock.now(),
        entries: posting.entries,
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, `${posting.kind} is booked once`);
  };

  const announce = async (
    tx: Tx,
    transfer: Transfer,
    end: { readonly state: 'completed' | 'failed'; readonly detail: string },
  ): Promise<void> => {
    await deps.outbox.publish(tx, [
      {
        topic: `transfer.${end.state}`,
        payload: {
          transferId: transfer.id,
          rail: transfer.rail,
          kind: transfer.kind,
          amount: floorShillings(transfer.amountMinor),
          detail: end.detail,
        },
      },
    ]);
    await deps.audit.record(tx, {
      actor: { kind: 'provider', rail: transfer.rail },
      action: `transfer.${end.state}`,
      subject: `transfer:${transfer.id}`,
      detail: { amount: formatMoney(transfer.amountMinor), detail: end.detail },
    });
  };

  /** Books a completion; the transfer is locked by the caller. Said twice, it is booked once. */
  const complete = async (tx: Tx, transfer: Transfer, done: Completed): Promise<void> => {
    const feeMinor = deps.payoutFeeMinor(transfer.rail, transfer.amountMinor);
    const changed = await store.change(
      tx,
      { id: transfer.id, to: 'completed', receipt: done.receipt, feeMinor },
      clock.now(),
    );
    await deps.evidence.link(tx, [noteOf(transfer, done.proof)], clock.now());
    if (!changed) return doubt(tx, transfer, done);
    // After `failed` the reservation is back in the wallet's account already.
    const late = transfer.state === 'failed';
    const from = late ? railCollection(transfer.rail) : transferInFlight(transfer.rail);
    await post(tx, transfer, {
      kind: 'transfer-completed',
      entries: [
        debit(ownerDrawings(transfer.rail), transfer.amountMinor),
        credit(from, transfer.amountMinor),
        ...feeEntries(transfer.rail, feeMinor),
      ],
    });
    await announce(tx, transfer, { state: 'completed', detail: done.receipt });
    if (late) await mismatch(tx, transfer, 'completed after it was reported as failed');
  };

  /** Said twice is fine, said otherwise is not. Our own id stands in where there is no receipt. */
  const doubt = async (tx: Tx, transfer: Transfer, done: Completed): Promise<void> => {
    const { state, receipt, ownId } = transfer;
    if (state !== 'completed') {
      await mismatch(tx, transfer, `completed, and ${state} in the books`);
    } else if (![receipt, ownId].includes(done.receipt) && receipt !== ownId) {
      await mismatch(tx, transfer, `completed a second time, with receipt ${done.receipt}`);
    }
  };

  /** Gives the reservation back; the transfer is locked by the caller. */
  const fail = async (tx: Tx, transfer: Transfer, end: Failed): Promise<void> => {
    const changed = await store.change(tx, { id: transfer.id, to: 'failed', ...end }, clock.now());
    if (!changed) return;
    await post(tx, transfer, {
      kind: 'transfer-released',
      entries: [
        debit(railCollection(transfer.rail), transfer.amountMinor),
        credit(transferInFlight(transfer.rail), transfer.amountMinor),
      ],
    });
    await announce(tx, transfer, { state: 'failed', detail: end.reason });
  };

  const mismatch = (tx: Tx, transfer: Transfer, why: string): Promise<void> =>
    deps.openTroubles(tx, [
      {
        kind: 'payout-mismatch',
        rail: transfer.rail,
        subject: transfer.id,
        amountMinor: transfer.amountMinor,
        detail: { why },
      },
    ]);

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
    await askSoon(tx, transfer, unsettled);
  };

  const onPayoutResult = async (
    tx: Tx,
    received: PayoutEvent,
    event: PayoutResult | QueueTimeout,
  ): Promise<void> => {
    const transfer = await transferOfSubject(tx, received);
    if (transfer === undefined) return forged(tx, received, 'no-such-transfer');
    if (event.kind === 'queue-timeout') return onQueueTimeout(tx, transfer);
    if (!isAbout(event, transfer)) return forged(tx, received, 'other-ids');
    if (event.verdict === 'unknown') return askSoon(tx, transfer, unsettled);
    if (event.verdict === 'failed') return fail(tx, transfer, event);
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
      const { code, description } = event;
      await fail(tx, transfer, { code, description, reason: 'other' });
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
    await askSoon(tx, transfer, event.outcome === 'succeeded' ? unsettledOrFailed : unsettled);
    return true;
  };

  const onBalances = async (tx: Tx, received: PayoutEvent, event: BalanceReport): Promise<void> => {
    if (received.subject === undefined) return forged(tx, received, 'forged-address');
    if (event.verdict !== 'reported') return undefined;
    return store.reportBalances(tx, {
      rail: received.rail,
      accounts: event.accounts,
      ids: event.accounts.map(() => numberFromId(deps.ids.next('event'))),
      // One that was on its way for hours says nothing about now.
      at: Math.min(event.asOfAt ?? clock.now(), clock.now()),
    });
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

  return {
    complete,
    fail,
    record: async (tx: Tx, group: readonly PayoutEvent[]): Promise<readonly PayoutEvent[]> => {
      const others: PayoutEvent[] = [];
      for (const received of group) {
        if (!(await handle(tx, received))) others.push(received);
      }
      return others;
    },
  };
}

export type PayoutRecorder = ReturnType<typeof createPayoutRecorder>;

const noteOf = (transfer: Transfer, proof: Proof): EvidenceNote => ({
  subject: transfer.id,
  ...proof,
});

const feeEntries = (rail: RailId, feeMinor: bigint): readonly Entry[] =>
  feeMinor === 0n ? [] : [debit(fees(rail), feeMinor), credit(railCharges(rail), feeMinor)];

const unsettled: readonly TransferState[] = ['sending', 'sent', 'unknown'];
const unsettledOrFailed: readonly TransferState[] = [...unsettled, 'failed'];

/** Either id may be echoed; one that is, and is known, has to be ours. */
function isAbout(event: PayoutResult, transfer: Transfer): boolean {
  const ownFits = event.ownId === transfer.ownId;
  const known = transfer.providerRequestId;
  const requestFits = known !== undefined && event.providerRequestId === known;
  if (ownFits || requestFits) return true;
  // With our answer still out, an event that names only the provider's id proves itself by address.
  return known === undefined && event.ownId === undefined;
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
