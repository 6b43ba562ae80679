import { decimalOf, invariant, type Clock, type IdSource, type RailId } from '#kernel';
import type { Collections } from '#collections';
import { credit, debit, fees, railCharges, type Entry, type Ledger } from '#ledger';
import type { Database, Tx } from '#platform/db';
import type { Rail } from '#rails';
import { feeByTariff } from '#transfers';

import { decideFee } from './decide.ts';
import type { DueFee, FeeStore, FeeSubject } from './store.ts';

export interface FeeBookerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly ledger: Ledger;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly collections: Pick<Collections, 'openExceptions'>;
  readonly store: FeeStore;
}

const groupMax = 500;
const groupsMax = 2_000;

/**
 * Brings the fees in the books to what providers charged. A fee waits while a transfer is under way
 * that it may have been charged for: the end of that transfer books a fee of its own.
 */
export function createFeeBooker(deps: FeeBookerDeps) {
  const { store, ledger } = deps;

  /** Answers how many exceptions it opened. */
  const settle = async (tx: Tx, fee: DueFee): Promise<number> => {
    const { rail, receipt } = fee;
    const subject = await store.subjectOf(tx, rail, receipt);
    if (subject?.id === undefined && (await store.mayBelongToUnsettled(tx, fee))) return 0;
    const alone = `fee:${rail}:${receipt}`;
    const chargedMinor = await store.chargedFor(tx, rail, receipt);
    const subjects = [alone, ...(subject?.id === undefined ? [] : [subject.id])];
    const bookedMinor = await store.bookedFor(tx, fees(rail).name, subjects);
    const expectedMinor = expectedOf(fee, subject);
    const { correctionMinor, differs } = decideFee({ chargedMinor, bookedMinor, expectedMinor });
    if (correctionMinor !== 0n) {
      const posted = await ledger.post(tx, [
        {
          id: deps.ids.next('ledgerTransaction'),
          kind: 'fee-corrected',
          idempotencyKey: `statement-fee:${fee.lineId}:${fee.looks}`,
          subject: subject?.id ?? alone,
          occurredAt: Math.min(fee.occurredAt, deps.clock.now()),
          entries: entriesOf(rail, correctionMinor),
        },
      ]);
      invariant(posted.ok && posted.value.length === 1, 'a fee line corrects the books once');
    }
    await store.settle(tx, fee, subject?.id);
    if (!differs || expectedMinor === undefined) return 0;
    await deps.collections.openExceptions(tx, [
      {
        kind: 'fee-differs',
        rail,
        subject: fee.lineId,
        amountMinor: chargedMinor,
        detail: {
          receipt,
          expected: decimalOf(expectedMinor),
          charged: decimalOf(chargedMinor),
          about: subject?.about ?? null,
          advice: 'The books have what was charged. See whether the tariff has changed.',
        },
      },
    ]);
    return 1;
  };

  const expectedOf = (fee: DueFee, subject: FeeSubject | undefined): bigint | undefined => {
    if (subject === undefined) return undefined;
    const { about, amountMinor } = subject;
    const rail = deps.rails.get(fee.rail);
    const question = { amountMinor, on: fee.businessDate };
    return about === 'payment'
      ? rail?.feeMinor?.({ about, ...question })
      : feeByTariff(rail, { road: about, ...question });
  };

  /** A group in one transaction; one receipt's lines are one piece of work. */
  const settleGroup = (after: bigint) =>
    deps.database.transaction(async (tx) => {
      await store.lock(tx);
      const due = await store.due(tx, { after, limit: groupMax });
      const seen = new Set<string>();
      let exceptions = 0;
      for (const fee of due) {
        const key = `${fee.rail} ${fee.receipt}`;
        if (!seen.has(key)) exceptions += await settle(tx, fee);
        seen.add(key);
      }
      return { exceptions, last: due.length < groupMax ? undefined : due.at(-1)?.number };
    });

  return {
    /** Looks at every fee that is due; answers how many exceptions that opened. */
    sweep: async (): Promise<number> => {
      let exceptions = 0;
      let after: bigint | undefined = 0n;
      for (let n = 0; n < groupsMax && after !== undefined; n += 1) {
        const group: Awaited<ReturnType<typeof settleGroup>> = await settleGroup(after);
        exceptions += group.exceptions;
        after = group.last;
      }
      return exceptions;
    },
  };
}

export type FeeBooker = ReturnType<typeof createFeeBooker>;

const entriesOf = (rail: RailId, correctionMinor: bigint): readonly Entry[] =>
  correctionMinor > 0n
    ? [debit(fees(rail), correctionMinor), credit(railCharges(rail), correctionMinor)]
    : [debit(railCharges(rail), -correctionMinor), credit(fees(rail), -correctionMinor)];
