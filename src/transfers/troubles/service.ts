import { isoOf } from '#kernel';
import type { Tx } from '#platform/db';
import type { CodeExplanation, ProviderWord } from '#rails';

import type { TransfersDeps } from '../deps.ts';
import type { TransferStore } from '../store.ts';
import { roadOf, type Transfer } from '../transfer.ts';

export type TroubleDeps = Pick<
  TransfersDeps,
  'log' | 'rails' | 'openTroubles' | 'closeTroubles'
> & {
  readonly store: TransferStore;
};

/** What a person is told of a transfer, and in which words. Transfers are locked by the caller. */
export function createTroubleDesk(deps: TroubleDeps) {
  const { store } = deps;

  const explain = (transfer: Transfer, code: string): CodeExplanation | undefined =>
    deps.rails.get(transfer.rail)?.explain?.(code, roadOf(transfer));

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

  const noLongerUnknown = (tx: Tx, transfers: readonly Transfer[]): Promise<void> =>
    deps.closeTroubles(tx, { kind: 'unknown-transfer', subjects: transfers.map(({ id }) => id) });

  /** The provider says of a payment we wanted to give back that it went back already. */
  const isBackAlready = (transfer: Transfer, { code }: Pick<Transfer, 'code'>): boolean =>
    roadOf(transfer) === 'refund' &&
    code !== undefined &&
    explain(transfer, code)?.class === 'done';

  const noteCode = (transfer: Transfer, { code }: ProviderWord): void => {
    if (explain(transfer, code)?.known !== false) return;
    const { id, rail } = transfer;
    deps.log.warn({ transfer: id, rail, code }, 'a provider used a code that is in no table');
  };

  /** Nobody is asked any more: somebody has to look at the provider's own pages. */
  const giveToPerson = async (tx: Tx, transfer: Transfer, word?: ProviderWord): Promise<void> => {
    const code = word?.code ?? transfer.code;
    if (word !== undefined) {
      const { description } = word;
      const reason = 'went-back-already';
      await store.leave(tx, { id: transfer.id, code: word.code, description, reason });
    }
    const told = code === undefined ? undefined : explain(transfer, code);
    await deps.openTroubles(tx, [
      {
        kind: 'unknown-transfer',
        rail: transfer.rail,
        subject: transfer.id,
        amountMinor: transfer.amountMinor,
        detail: {
          kind: transfer.kind,
          ownId: transfer.ownId,
          plannedAt: isoOf(transfer.plannedAt),
          ...(code === undefined ? {} : { code }),
          ...(told === undefined ? {} : { meaning: told.meaning, advice: told.advice }),
        },
      },
    ]);
  };

  return { explain, isBackAlready, mismatch, noLongerUnknown, noteCode, giveToPerson };
}
