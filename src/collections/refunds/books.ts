import { invariant, type EpochMs, type IdSource, type RailId, type TransferId } from '#kernel';
import type { Account, Ledger, LedgerEntryView } from '#ledger';
import type { Tx } from '#platform/db';

import type { Payment } from '../payments/store.ts';

export interface RefundBooksDeps {
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly accountNamed: (name: string, rail: RailId) => Account;
}

/** A refund as the books have it. */
export interface BookedRefund {
  readonly payment: Payment;
  readonly transferId: TransferId;
  /** When the money left, or came back, so that figures and books name the same day. */
  readonly at: EpochMs;
}

/** The accounts a completed refund reduces. */
const paidFromNames = /^(?:suspense|credit|revenue):/;

/** A refund is paid from where its money lies in the end, wherever it was ordered from. */
const placedKinds = { placed: 'refund-placed', unplaced: 'refund-unplaced' } as const;
const isPlacing = ({ kind }: LedgerEntryView): boolean =>
  kind === placedKinds.placed || kind === placedKinds.unplaced;

/** What the books say of refunds. Their payments are locked by the caller. */
export function createRefundBooks({ ids, ledger, accountNamed }: RefundBooksDeps) {
  const entriesOf = async (tx: Tx, transferId: TransferId): Promise<readonly LedgerEntryView[]> =>
    (await ledger.entriesOf(transferId, tx)).filter(({ account }) => paidFromNames.test(account));

  /** Moves what the accounts lack or have too much: all that is paid is paid from one of them. */
  const settle = async (
    tx: Tx,
    { payment, transferId, at }: BookedRefund,
    to: { readonly kind: string; readonly from: Account | undefined },
  ): Promise<void> => {
    const own = await entriesOf(tx, transferId);
    const placings = (await ledger.entriesOf(payment.id, tx)).filter(isPlacing);
    const nets = new Map<string, bigint>(to.from === undefined ? [] : [[to.from.name, 0n]]);
    for (const { account, amountMinor } of [...own, ...placings]) {
      nets.set(account, (nets.get(account) ?? 0n) + amountMinor);
    }
    const paidMinor = sumOf(own);
    const entries = [...nets].flatMap(([name, netMinor]) => {
      const amountMinor = (name === to.from?.name ? paidMinor : 0n) - netMinor;
      return amountMinor === 0n ? [] : [{ account: accountNamed(name, payment.rail), amountMinor }];
    });
    if (entries.length === 0) return;
    const posted = await ledger.post(tx, [
      {
        id: ids.next('ledgerTransaction'),
        kind: to.kind,
        // A refund may be taken back and go through again: every time is another one.
        idempotencyKey: `${to.kind}:${transferId}:${own.length + placings.length}`,
        subject: payment.id,
        occurredAt: at,
        entries,
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'a refund is placed once');
  };

  return {
    /** What a transfer has paid by now: a completion that was taken back has paid nothing. */
    paidBy: async (
      tx: Tx,
      transferId: TransferId,
    ): Promise<{ readonly amountMinor: bigint; readonly at: EpochMs } | undefined> => {
      const entries = await entriesOf(tx, transferId);
      const amountMinor = sumOf(entries);
      if (amountMinor <= 0n) return undefined;
      const last = entries.findLast((one) => one.amountMinor === amountMinor);
      invariant(last !== undefined, 'a refund is paid in one go');
      return { amountMinor, at: last.occurredAt };
    },

    /** When the completion that was booked last was taken back. */
    takenBackAt: async (tx: Tx, transferId: TransferId): Promise<EpochMs | undefined> =>
      (await entriesOf(tx, transferId)).findLast(({ amountMinor }) => amountMinor < 0n)?.occurredAt,

    /** The money lies elsewhere than where the transfer was ordered from: that is where it went. */
    place: (tx: Tx, refund: BookedRefund, from: Account): Promise<void> =>
      settle(tx, refund, { kind: placedKinds.placed, from }),

    unplace: (tx: Tx, refund: BookedRefund): Promise<void> =>
      settle(tx, refund, { kind: placedKinds.unplaced, from: undefined }),
  };
}

const sumOf = (entries: readonly LedgerEntryView[]): bigint =>
  entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
