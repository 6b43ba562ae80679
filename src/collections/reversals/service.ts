import type { PaymentId } from '#kernel';
import { formatActor, type Actor } from '#audit';
import type { Tx } from '#platform/db';

import type { ExceptionStore } from '../exceptions/store.ts';
import type { AppliedFix } from '../fixes/fix.ts';
import type { Fixer } from '../fixes/service.ts';
import type { FixStore } from '../fixes/store.ts';
import type { Undoer } from '../undo/service.ts';

export interface ReversalBookerDeps {
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
export function createReversalBooker({ exceptions, fixes, fixer, undoer }: ReversalBookerDeps) {
  const bookOne = async (tx: Tx, paymentId: PaymentId): Promise<void> => {
    const kind = 'reversed-by-provider';
    const exception = await exceptions.findOpen(tx, { kind, subject: paymentId });
    if (exception === undefined) return;
    const done = await fixes.ofException(tx, exception.id);
    if (isObjectedTo(done)) return;
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
    if (await undoer.clear(tx, { paymentId, after: undefined, by: engine, reason })) {
      await fixer.applyIn(tx, order);
    }
  };

  /** For payments with such an exception; what cannot be booked now waits for a person. */
  return async (tx: Tx, paymentIds: readonly PaymentId[]): Promise<void> => {
    for (const paymentId of paymentIds) await bookOne(tx, paymentId);
  };
}

export type BookReversals = ReturnType<typeof createReversalBooker>;

/** Whoever took it back had a reason; the engine only made room for a refund that went through. */
function isObjectedTo(done: readonly AppliedFix[]): boolean {
  const undone = new Set(
    done.map((fix) => (fix.kind === 'book-reversal' ? fix.undoneBy : undefined)),
  );
  return done.some(({ id, appliedBy }) => undone.has(id) && appliedBy !== formatActor(engine));
}
