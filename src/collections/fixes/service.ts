import { createHash } from 'node:crypto';

import {
  err,
  formatMoney,
  invariant,
  maskMsisdn,
  ok,
  parseId,
  parseMsisdn,
  type ChargeId,
  type Clock,
  type ExceptionId,
  type FixId,
  type IdSource,
  type PaymentId,
  type RailId,
  type Result,
  type TransferId,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { isPayable, type Billing } from '#billing';
import { customerCredit, revenue, suspense, type Account } from '#ledger';
import { isUniqueViolation, type Database, type Tx } from '#platform/db';
import type { JsonObject, Outbox } from '#platform/outbox';
import type { Rail } from '#rails';
import type { BlindIndex } from '#security';
import type { RefundOrder, TransferRefusal } from '#transfers';

import type { Exception, ExceptionStore } from '../exceptions/store.ts';
import { waitingKinds } from '../exceptions/trouble.ts';
import type { Mover } from '../moves/service.ts';
import type { Payment, PaymentStore } from '../payments/store.ts';
import type { ReversalMover } from '../reversals/mover.ts';
import { toldBy } from '../reversals/told.ts';
import { decideFix, type FixPlan, type PlannedRefund } from './decide.ts';
import type { FixRefusal } from './errors.ts';
import type { AppliedFix, Fix } from './fix.ts';
import type { FixedPayment, FixStore, KeptFix } from './store.ts';

/** What a person wants done about an exception. */
export interface FixOrder {
  readonly exceptionId: ExceptionId;
  readonly fix: Fix;
  /** The fix seen last, to go on from one that has resolved the exception. */
  readonly after: FixId | undefined;
  readonly by: Actor;
  readonly reason: string;
  /** The same key twice is the same fix; with another one it is refused. */
  readonly requestKey: string | undefined;
}

/** Plans a refund within the caller's transaction; `refundEnded` is told how it ended. */
export type RequestRefund = (
  tx: Tx,
  order: RefundOrder,
) => Promise<Result<{ readonly id: TransferId }, TransferRefusal>>;

export interface FixerDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly billing: Billing;
  readonly blindIndex: BlindIndex;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly payments: PaymentStore;
  readonly exceptions: ExceptionStore;
  readonly fixes: FixStore;
  readonly mover: Mover;
  readonly reversals: ReversalMover;
  readonly requestRefund: RequestRefund;
}

type Applied = Result<AppliedFix, FixRefusal>;

interface Locked {
  readonly exception: Exception;
  readonly about: readonly Exception[];
  readonly payment: Payment | undefined;
  readonly payments: ReadonlyMap<PaymentId, Payment>;
}

/** The one door by which a person's decision changes what is booked. */
export function createFixer(deps: FixerDeps) {
  const { database, clock, billing, payments, exceptions, fixes } = deps;

  /** The order as it is kept: without a number that could be read. */
  const inputOf = ({ exceptionId, fix, reason }: FixOrder): JsonObject => {
    const phone = 'phone' in fix ? fix.phone : undefined;
    const msisdn = phone === undefined ? undefined : parseMsisdn(phone);
    const customer =
      msisdn?.ok === true
        ? {
            customer: deps.blindIndex(msisdn.value).toString('hex'),
            phone: maskMsisdn(msisdn.value),
          }
        : {};
    return { exceptionId, reason, ...wordsOf(fix), ...customer };
  };

  /** Charges before payments, payments before exceptions, as everybody locks them. */
  const lock = async (tx: Tx, { fix }: FixOrder, exception: Exception) => {
    const own = paymentIdOf(exception);
    const named = fix.kind === 'match' ? fix.allocations : [];
    const charges = await billing.store.lock(tx, {
      ids: await chargesOf(tx, fix, own),
      references: [],
    });
    const wanted = new Set([
      ...(own === undefined ? [] : [own]),
      ...named.flatMap(({ paymentId }) => (paymentId === undefined ? [] : [paymentId])),
    ]);
    const held = await payments.lock(tx, [...wanted]);
    const about = await exceptions.lock(tx, { id: exception.id, subjects: [...wanted] });
    const again = about.find(({ id }) => id === exception.id);
    invariant(again !== undefined, 'an exception is never removed');
    const byId = new Map(held.map((payment) => [payment.id, payment]));
    return {
      exception: again,
      about,
      payments: byId,
      payment: own === undefined ? undefined : byId.get(own),
      charges: new Map(charges.map((charge) => [charge.id, charge])),
    };
  };

  const chargesOf = async (
    tx: Tx,
    fix: Fix,
    own: PaymentId | undefined,
  ): Promise<readonly ChargeId[]> => {
    if (fix.kind === 'match') return [...new Set(fix.allocations.map(({ chargeId }) => chargeId))];
    if (fix.kind !== 'accept-short') return [];
    if (fix.chargeId !== undefined) return [fix.chargeId];
    const payment = own === undefined ? undefined : await payments.find(tx, own);
    return payment?.chargeId === undefined ? [] : [payment.chargeId];
  };

  const askRefund = async (
    tx: Tx,
    { fixId, refund }: { readonly fixId: FixId; readonly refund: PlannedRefund },
    order: FixOrder,
  ): Promise<Result<TransferId, FixRefusal>> => {
    const { payment, amountMinor, by } = refund;
    const asked = await deps.requestRefund(tx, {
      rail: payment.rail,
      paymentId: payment.id,
      receipt: payment.receipt,
      amountMinor,
      by,
      paidFrom: accountOf(refund),
      why: order.reason,
      requestedBy: order.by,
      requestKey: `refund|${fixId}`,
    });
    return asked.ok ? ok(asked.value.id) : err({ kind: 'refund-refused', refusal: asked.error });
  };

  /** From here on nothing else may touch the payment until the refund has ended. */
  const setAside = async (
    tx: Tx,
    { payment, from, amountMinor }: PlannedRefund,
    transferId: TransferId,
  ): Promise<FixedPayment> => {
    const moved = await payments.move(tx, {
      id: payment.id,
      from: payment.state,
      to: 'refunding',
      allocatedMinor: payment.streamId === undefined ? payment.earnedMinor : 0n,
      customer: payment.customer,
      back: {
        kind: 'refund',
        refund: { from, amountMinor, transferId, completedOn: undefined },
      },
    });
    invariant(moved, 'a locked payment is where it was read');
    return {
      paymentId: payment.id,
      stateBefore: payment.state,
      stateAfter: 'refunding',
      ledgerTransactionId: undefined,
    };
  };

  const payCharges = async (tx: Tx, { allocations }: FixPlan): Promise<void> => {
    const paid = new Map(
      allocations.flatMap(({ charge, payment }) =>
        charge === undefined
          ? []
          : [[charge.id, { id: charge.id, to: 'paid' as const, paymentId: payment.id }]],
      ),
    );
    const changed = await billing.change(tx, [...paid.values()]);
    invariant(changed.size === paid.size, 'a locked payable charge becomes paid');
  };

  /** What is decided: this exception, and those of payments that have nothing left to decide. */
  const settled = (plan: FixPlan, { exception, about }: Locked): readonly Exception[] => {
    const { moves, reversal } = plan;
    const isAllGone = reversal?.amountMinor === reversal?.payment.amountMinor;
    const placed = new Set([
      ...moves.filter(({ to }) => to === 'earned').map(({ payment }) => String(payment.id)),
      ...(reversal !== undefined && isAllGone ? [String(reversal.payment.id)] : []),
    ]);
    return about.filter(
      (one) =>
        (one.id === exception.id && plan.resolves) ||
        (one.state === 'open' && isWaiting(one) && placed.has(one.subject)),
    );
  };

  const tell = async (
    tx: Tx,
    { fix, plan }: { readonly fix: AppliedFix; readonly plan: FixPlan },
    locked: Locked,
  ): Promise<void> => {
    const done = settled(plan, locked);
    const ids = done.map(({ id }) => id);
    await exceptions.resolveBy(tx, { fixId: fix.id, ids }, clock.now());
    await deps.outbox.publish(
      tx,
      done.map(({ id, kind }) => ({
        topic: 'exception.resolved',
        payload: { exceptionId: id, kind, fixId: fix.id, fix: fix.kind },
      })),
    );
  };

  const perform = async (
    tx: Tx,
    { order, input }: { readonly order: FixOrder; readonly input: Input },
    { plan, locked }: { readonly plan: FixPlan; readonly locked: Locked },
  ): Promise<Applied> => {
    const { by, reason, requestKey, exceptionId } = order;
    const id = deps.ids.next('fix');
    const { refund, reversal } = plan;
    // Asked first: a refusal leaves nothing behind.
    const asked =
      refund === undefined ? undefined : await askRefund(tx, { fixId: id, refund }, order);
    if (asked?.ok === false) return asked;
    const fix: AppliedFix = {
      id,
      exceptionId,
      kind: order.fix.kind,
      reason,
      appliedBy: formatActor(by),
      appliedAt: clock.now(),
      transferId: asked?.value,
      undoes: undefined,
      undoneBy: undefined,
    };
    await fixes.insert(tx, { ...fix, ...input, requestKey });
    const fixed = await deps.mover.forward(tx, {
      key: `fix:${id}`,
      kind: `fix-${order.fix.kind}`,
      moves: plan.moves.map((move) => ({
        ...move,
        earnings: plan.allocations.filter(({ payment }) => payment === move.payment),
      })),
    });
    const aside =
      refund === undefined || asked === undefined ? [] : [await setAside(tx, refund, asked.value)];
    const gone = reversal === undefined ? [] : [await deps.reversals.forward(tx, id, reversal)];
    await fixes.insertPayments(tx, id, [...fixed, ...aside, ...gone]);
    await fixes.insertAllocations(
      tx,
      id,
      plan.allocations.map(({ payment, charge, ...rest }) => ({
        ...rest,
        paymentId: payment.id,
        chargeId: charge?.id,
      })),
    );
    await payCharges(tx, plan);
    await tell(tx, { fix, plan }, locked);
    await deps.audit.record(tx, {
      actor: by,
      action: 'exception.fixed',
      subject: `exception:${exceptionId}`,
      detail: { fix: id, kind: order.fix.kind, reason, ...auditDetailOf(plan) },
    });
    return ok(fix);
  };

  const repeatOf = (known: KeptFix, { inputHash }: Input): Applied =>
    known.inputHash.equals(inputHash) ? ok(known.fix) : err({ kind: 'key-used-for-other-input' });

  const applyIn = async (tx: Tx, order: FixOrder, input: Input): Promise<Applied> => {
    const { exceptionId, requestKey } = order;
    const exception = await exceptions.find(tx, exceptionId);
    if (exception === undefined) return err({ kind: 'no-such-exception', exceptionId });
    const locked = await lock(tx, order, exception);
    const known = requestKey === undefined ? undefined : await fixes.findByRequest(tx, requestKey);
    if (known !== undefined) return repeatOf(known, input);
    const rail = locked.payment === undefined ? undefined : deps.rails.get(locked.payment.rail);
    const plan = decideFix(order.fix, {
      ...locked,
      after: order.after,
      told: toldBy(locked.exception, clock.now()),
      takenBack: new Set(locked.about.filter(isTakenBack).map(({ subject }) => subject)),
      isPayable,
      isReversible: rail?.refunds !== undefined,
    });
    return plan.ok ? perform(tx, { order, input }, { plan: plan.value, locked }) : plan;
  };

  return {
    /** The same within the caller's transaction. */
    applyIn: (tx: Tx, order: FixOrder): Promise<Applied> =>
      applyIn(tx, order, hashed(inputOf(order))),

    apply: async (order: FixOrder): Promise<Applied> => {
      const input = hashed(inputOf(order));
      try {
        return await database.transaction((tx) => applyIn(tx, order, input));
      } catch (error) {
        // The same key at the same moment, about another exception: whoever came first is answered.
        const { requestKey } = order;
        const isTaken = isUniqueViolation(error, 'exception_fix_business_id_request_key_key');
        if (!isTaken || requestKey === undefined) throw error;
        const known = await fixes.findByRequest(database.executor, requestKey);
        invariant(known !== undefined, 'a taken key belongs to a fix');
        return repeatOf(known, input);
      }
    },
  };
}

export type Fixer = ReturnType<typeof createFixer>;

export interface Input {
  readonly input: JsonObject;
  readonly inputHash: Buffer;
}

export const hashed = (input: JsonObject): Input => ({
  input,
  inputHash: createHash('sha256').update(JSON.stringify(input)).digest(),
});

/** The payment an exception is about, where it is about one. */
export function paymentIdOf({ subject }: Pick<Exception, 'subject'>): PaymentId | undefined {
  const id = parseId('payment', subject);
  return id.ok ? id.value : undefined;
}

const isWaiting = ({ kind }: Exception): boolean => waitingKinds.some((one) => one === kind);

const isTakenBack = ({ kind, state }: Exception): boolean =>
  kind === 'reversed-by-provider' && state === 'open';

/** What money that goes back reduces. */
export function accountOf({ payment, from }: Pick<PlannedRefund, 'payment' | 'from'>): Account {
  if (from === 'suspense') return suspense(payment.rail);
  if (from === 'credit') return customerCredit(payment.rail);
  invariant(payment.earnedBy !== undefined, 'money goes back from one account');
  return revenue(payment.earnedBy);
}

/** What of a fix may be kept and hashed as it is. */
function wordsOf(fix: Fix): JsonObject {
  if (fix.kind === 'match') {
    return {
      kind: fix.kind,
      rest: fix.rest,
      allocations: fix.allocations.map(({ chargeId, amountMinor, paymentId }) => ({
        chargeId,
        amountMinor: amountMinor?.toString() ?? null,
        paymentId: paymentId ?? null,
      })),
    };
  }
  if (fix.kind === 'assign-customer') return { kind: fix.kind };
  return Object.fromEntries(Object.entries(fix).map(([name, value]) => [name, value ?? null]));
}

const auditDetailOf = ({ allocations, moves, refund, reversal }: FixPlan) => ({
  payments: moves.map(({ payment, to }) => `${payment.id} ${payment.state} → ${to}`),
  allocations: allocations.map(({ payment, charge, streamId, amountMinor, waivedMinor }) => ({
    payment: payment.id,
    charge: charge?.id ?? null,
    stream: streamId,
    amount: formatMoney(amountMinor),
    waived: formatMoney(waivedMinor),
  })),
  refund: refund === undefined ? null : formatMoney(refund.amountMinor),
  reversal: reversal === undefined ? null : formatMoney(reversal.amountMinor),
});
