import type { FixId, PaymentId } from '#kernel';
import { formatActor, type Actor } from '#audit';
import { keepIf, type Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { Exception, ExceptionStore } from '../exceptions/store.ts';
import type { AppliedFix } from '../fixes/fix.ts';
import type { Fixer } from '../fixes/service.ts';
import type { FixStore } from '../fixes/store.ts';
import type { Undoer } from '../undo/service.ts';

export interface ReversalBookerDeps {
  readonly outbox: Outbox;
  readonly exceptions: ExceptionStore;
  readonly fixes: FixStore;
  readonly fixer: Fixer;
  readonly undoer: Undoer;
}

const engine: Actor = { kind: 'engine', part: 'collections' };
const reason = 'the statement shows that the provider gave it back';

/**
 * Books what providers gave back by themselves, by the door that persons use, so that they can take
 * it back there. The exception stays open: somebody has to settle with the payer.
 */
export function createReversalBooker(deps: ReversalBookerDeps) {
  const { exceptions, fixes, fixer, undoer } = deps;

  /**
   * Whether somebody should look, by now: whoever kept the exception after a refund was asked for
   * had seen its money gone by that refund, and left nothing to book.
   */
  const isAsked = async (
    tx: Tx,
    { exception, done }: { readonly exception: Exception; readonly done: readonly AppliedFix[] },
    refund: FixId | undefined,
  ): Promise<boolean> => {
    if (exception.state === 'open') return true;
    const kept = done.find(({ id, kind }) => id === exception.fixId && kind === 'keep');
    if (kept === undefined || refund === undefined || kept.id < refund) return false;
    const { id: fixId, kind: fix } = kept;
    const payload = { exceptionId: exception.id, fixId, fix };
    await exceptions.reopen(tx, fixId);
    await deps.outbox.publish(tx, [{ topic: 'exception.reopened', payload }]);
    return true;
  };

  const bookOne = async (
    tx: Tx,
    paymentId: PaymentId,
    refund: FixId | undefined,
  ): Promise<void> => {
    const kind = 'reversed-by-provider';
    const exception = await exceptions.findAbout(tx, { kind, subject: paymentId });
    if (exception === undefined) return;
    const done = await fixes.ofException(tx, exception.id);
    if (isObjectedTo(done) || !(await isAsked(tx, { exception, done }, refund))) return;
    const order = {
      exceptionId: exception.id,
      fix: { kind: 'book-reversal' },
      after: undefined,
      by: engine,
      reason,
      requestKey: undefined,
    } as const;
    const booked = await fixer.applyIn(tx, order);
    if (booked.ok || !['several-streams', 'partly-earned'].includes(booked.error.kind)) return;
    // What cannot be taken back whole stays as it is.
    await keepIf(
      tx,
      async () =>
        (await undoer.clear(tx, { paymentId, after: undefined, by: engine, reason })) &&
        (await fixer.applyIn(tx, order)).ok,
    );
  };

  return {
    /** For payments with such an exception; what cannot be booked now waits for a person. */
    book: async (tx: Tx, paymentIds: readonly PaymentId[]): Promise<void> => {
      for (const paymentId of paymentIds) await bookOne(tx, paymentId, undefined);
    },

    /** A refund, asked for by that fix, has paid nothing in the end: what it covered shows. */
    bookAfter: (tx: Tx, paymentId: PaymentId, refund: FixId): Promise<void> =>
      bookOne(tx, paymentId, refund),
  };
}

export type ReversalBooker = ReturnType<typeof createReversalBooker>;

/** Whoever took it back had a reason; the engine only made room for a refund that went through. */
function isObjectedTo(done: readonly AppliedFix[]): boolean {
  const undone = new Set(
    done.map((fix) => (fix.kind === 'book-reversal' ? fix.undoneBy : undefined)),
  );
  return done.some(({ id, appliedBy }) => undone.has(id) && appliedBy !== formatActor(engine));
}
