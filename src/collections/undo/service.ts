import {
  err,
  invariant,
  ok,
  type ChargeId,
  type Clock,
  type ExceptionId,
  type FixId,
  type IdSource,
  type PaymentId,
  type Result,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import type { Billing } from '#billing';
import { isUniqueViolation, type Database, type Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';

import type { ExceptionStore } from '../exceptions/store.ts';
import { builtUpon, type FixRefusal } from '../fixes/errors.ts';
import type { AppliedFix } from '../fixes/fix.ts';
import { hashed, type Input } from '../fixes/service.ts';
import type { Allocation, FixedPayment, FixStore } from '../fixes/store.ts';
import type { Move, Mover } from '../moves/service.ts';
import type { Payment, PaymentStore } from '../payments/store.ts';
import type { ReversalMover } from '../reversals/mover.ts';

export interface UndoOrder {
  /** Whose last standing fix is taken back. */
  readonly exceptionId: ExceptionId;
  readonly by: Actor;
  readonly reason: string;
  readonly requestKey: string | undefined;
}

interface TakeBackOrder extends UndoOrder {
  readonly input: Input;
  /** The money has left: what rests on it makes room. */
  readonly isGone: boolean;
}

interface ClearOrder extends Pick<UndoOrder, 'by' | 'reason'> {
  readonly paymentId: PaymentId;
  readonly after: FixId | undefined;
}

export interface UndoerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly billing: Billing;
  readonly payments: PaymentStore;
  readonly exceptions: ExceptionStore;
  readonly fixes: FixStore;
  readonly mover: Mover;
  readonly reversals: ReversalMover;
}

type Undone = Result<AppliedFix, FixRefusal>;

/** What a fix did, with everything it touched locked. */
interface Held {
  readonly fix: AppliedFix;
  readonly fixed: readonly FixedPayment[];
  readonly allocations: readonly Allocation[];
  readonly payments: ReadonlyMap<PaymentId, Payment>;
}

/** Takes fixes back by entries of the opposite sign: what was booked stays booked. */
export function createUndoer(deps: UndoerDeps) {
  const { database, clock, billing, payments, exceptions, fixes } = deps;

  const hold = async (tx: Tx, fix: AppliedFix) => {
    const fixed = await fixes.paymentsOf(tx, fix.id);
    const allocations = await fixes.allocationsOf(tx, fix.id);
    const charges = await billing.store.lock(tx, { ids: chargesOf(allocations), references: [] });
    const paymentIds = fixed.map(({ paymentId }) => paymentId);
    const held = await payments.lock(tx, paymentIds);
    await exceptions.lock(tx, { id: fix.exceptionId, subjects: paymentIds });
    return {
      charges,
      held: { fix, fixed, allocations, payments: new Map(held.map((one) => [one.id, one])) },
    };
  };

  /** Later decisions rest on it: they go first. */
  const refusalOf = async (tx: Tx, { fix, fixed, payments: held }: Held) => {
    for (const { paymentId, stateAfter } of fixed) {
      const [last] = await fixes.standingOn(tx, paymentId);
      if (last?.id !== fix.id || held.get(paymentId)?.state !== stateAfter) {
        return { kind: 'built-upon', paymentId, why: builtUpon.fix } as const;
      }
    }
    return undefined;
  };

  /**
   * The rest of what a match left may be on its way although its refund was reported as failed:
   * with the match undone, more would lie there than goes. All of a payment, or none, may move.
   */
  const refusalOfPart = async (tx: Tx, { fix, fixed, allocations, payments: held }: Held) => {
    for (const { paymentId } of fixed) {
      const earnedMinor = allocations
        .filter((one) => one.paymentId === paymentId)
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
      const isPart = earnedMinor > 0n && earnedMinor !== held.get(paymentId)?.amountMinor;
      const failed = isPart ? await fixes.failedRefundsOf(tx, paymentId) : [];
      if (failed.some(({ fixId }) => fixId > fix.id)) {
        return { kind: 'built-upon', paymentId, why: builtUpon.refund } as const;
      }
    }
    return undefined;
  };

  /** Takes one standing fix back; the locks it needs are taken here. */
  const takeBack = async (tx: Tx, fix: AppliedFix, order: TakeBackOrder): Promise<Undone> => {
    if (fix.kind === 'refund') return err({ kind: 'refund-cannot-be-undone' });
    const { charges, held } = await hold(tx, fix);
    // Read again under the locks: somebody else may have been first.
    if (!(await fixes.isStanding(tx, fix.id))) return err({ kind: 'nothing-to-undo' });
    const refusal =
      (await refusalOf(tx, held)) ?? (order.isGone ? undefined : await refusalOfPart(tx, held));
    if (refusal !== undefined) return err(refusal);
    const { by, reason, requestKey, input } = order;
    const id = deps.ids.next('fix');
    const undo: AppliedFix = {
      id,
      exceptionId: fix.exceptionId,
      kind: 'undo',
      reason,
      appliedBy: formatActor(by),
      appliedAt: clock.now(),
      transferId: undefined,
      undoes: fix.id,
      undoneBy: undefined,
    };
    await fixes.insert(tx, { ...undo, ...input, requestKey });
    await fixes.insertPayments(tx, id, await moveBack(tx, id, held));
    await fixes.reverse(tx, { id: fix.id, by: id });
    await billing.reopen(tx, charges);
    await reopen(tx, fix);
    await deps.audit.record(tx, {
      actor: by,
      action: 'exception.fix-undone',
      subject: `exception:${fix.exceptionId}`,
      detail: { fix: fix.id, kind: fix.kind, undo: id, reason },
    });
    return ok(undo);
  };

  const moveBack = async (tx: Tx, id: FixId, held: Held): Promise<readonly FixedPayment[]> => {
    const { kind } = held.fix;
    if (kind !== 'book-reversal') {
      const moves = movesBack(held);
      return deps.mover.back(tx, { key: `undo:${id}`, kind: `undo-${kind}`, moves });
    }
    const [payment] = held.payments.values();
    invariant(payment !== undefined, 'a reversal is of one payment');
    return [await deps.reversals.back(tx, id, payment)];
  };

  const reopen = async (tx: Tx, fix: AppliedFix): Promise<void> => {
    const reopened = await exceptions.reopen(tx, fix.id);
    await deps.outbox.publish(
      tx,
      reopened.map((exceptionId) => ({
        topic: 'exception.reopened',
        payload: { exceptionId, fixId: fix.id, fix: fix.kind },
      })),
    );
  };

  const undoIn = async (tx: Tx, order: UndoOrder & { readonly input: Input }): Promise<Undone> => {
    const { exceptionId, requestKey } = order;
    const exception = await exceptions.find(tx, exceptionId);
    if (exception === undefined) return err({ kind: 'no-such-exception', exceptionId });
    const known =
      requestKey === undefined ? undefined : await repeatOf(tx, requestKey, order.input);
    if (known !== undefined) return known;
    const fix = await fixes.standing(tx, exceptionId);
    if (fix === undefined) return err({ kind: 'nothing-to-undo' });
    return takeBack(tx, fix, { ...order, isGone: false });
  };

  const repeatOf = async (
    tx: Tx | Database['executor'],
    requestKey: string,
    { inputHash }: Input,
  ): Promise<Undone | undefined> => {
    const known = await fixes.findByRequest(tx, requestKey);
    if (known === undefined) return undefined;
    return known.inputHash.equals(inputHash)
      ? ok(known.fix)
      : err({ kind: 'key-used-for-other-input' });
  };

  return {
    /**
     * What was decided about money that is gone is taken back, latest first, down to a fix that
     * stays; answers whether all of it could be.
     */
    clear: async (tx: Tx, { paymentId, after, by, reason }: ClearOrder): Promise<boolean> => {
      for (const later of await fixes.standingOn(tx, paymentId)) {
        if (after !== undefined && later.id <= after) break;
        const { exceptionId } = later;
        const input = hashed({ kind: 'undo', exceptionId, reason });
        const order = { exceptionId, reason, by, requestKey: undefined, input, isGone: true };
        const undone = await takeBack(tx, later, order);
        if (!undone.ok) return false;
      }
      return true;
    },

    undo: async (order: UndoOrder): Promise<Undone> => {
      const { exceptionId, reason, requestKey } = order;
      const input = hashed({ kind: 'undo', exceptionId, reason });
      try {
        return await database.transaction((tx) => undoIn(tx, { ...order, input }));
      } catch (error) {
        // Somebody undoes the same fix, or with the same key, at the same moment.
        if (!takenNames.some((name) => isUniqueViolation(error, name))) throw error;
        const known =
          requestKey === undefined
            ? undefined
            : await repeatOf(database.executor, requestKey, input);
        return known ?? err({ kind: 'nothing-to-undo' });
      }
    },
  };
}

export type Undoer = ReturnType<typeof createUndoer>;

const takenNames = [
  'exception_fix_business_id_request_key_key',
  'exception_fix_business_id_undoes_key',
];

const chargesOf = (allocations: readonly Allocation[]): readonly ChargeId[] => [
  ...new Set(allocations.flatMap(({ chargeId }) => (chargeId === undefined ? [] : [chargeId]))),
];

/** Money that lies in suspense again is nobody's; the credit of a customer stays theirs. */
const movesBack = ({ fixed, allocations, payments }: Held): readonly Move[] =>
  fixed.map(({ paymentId, stateBefore }) => {
    const payment = payments.get(paymentId);
    invariant(payment !== undefined, 'a payment is never removed');
    return {
      payment,
      to: stateBefore,
      customer: stateBefore === 'suspense' ? undefined : payment.customer,
      earnings: allocations.filter((one) => one.paymentId === paymentId),
    };
  });
