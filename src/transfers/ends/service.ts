import { decimalOf, floorShillings, formatMoney, invariant } from '#kernel';
import type { Actor } from '#audit';
import type { Entry } from '#ledger';
import type { Tx } from '#platform/db';
import type { JsonObject } from '#platform/outbox';

import type { TransfersDeps } from '../deps.ts';
import type { Transfer } from '../transfer.ts';

export type EndDeps = Pick<
  TransfersDeps,
  'clock' | 'ids' | 'ledger' | 'audit' | 'outbox' | 'onRefundEnd'
>;

export interface TransferPosting {
  readonly transfer: Transfer;
  readonly entries: readonly Entry[];
}

/** What became of a transfer, and who says so. */
export interface TransferEnd {
  readonly transfer: Transfer;
  readonly state: 'completed' | 'failed' | 'reversed' | 'cancelled';
  readonly by: Actor;
  readonly detail: string;
  readonly more?: JsonObject;
}

/** Ends of any number of transfers, each in the books, the news and the audit records. */
export function createEnds(deps: EndDeps) {
  const { clock, ids, ledger } = deps;
  return {
    post: async (tx: Tx, kind: string, postings: readonly TransferPosting[]): Promise<void> => {
      const posted = await ledger.post(
        tx,
        postings.map(({ transfer: { id, corrections }, entries }) => ({
          id: ids.next('ledgerTransaction'),
          kind,
          idempotencyKey: `${kind}:${id}${corrections === 0 ? '' : `:${corrections}`}`,
          subject: id,
          occurredAt: clock.now(),
          entries,
        })),
      );
      invariant(posted.ok && posted.value.length === postings.length, `${kind} is booked once`);
    },

    announce: async (tx: Tx, ends: readonly TransferEnd[]): Promise<void> => {
      await deps.outbox.publish(
        tx,
        ends.map(({ transfer: { id, rail, kind, amountMinor }, state, detail, more }) => ({
          topic: `transfer.${state}`,
          payload: {
            transferId: id,
            rail,
            kind,
            amount: floorShillings(amountMinor),
            amountDecimal: decimalOf(amountMinor),
            detail,
            ...more,
          },
        })),
      );
      await deps.audit.recordAll(
        tx,
        ends.map(({ transfer: { id, amountMinor }, state, by, detail }) => ({
          actor: by,
          action: `transfer.${state}` as const,
          subject: `transfer:${id}`,
          detail: { amount: formatMoney(amountMinor), detail },
        })),
      );
      for (const { transfer, state } of ends) {
        const { id: transferId, refund } = transfer;
        if (refund === undefined) continue;
        const end = state === 'completed' ? 'completed' : 'failed';
        await deps.onRefundEnd(tx, { paymentId: refund.paymentId, transferId, end });
      }
    },
  };
}
