import {
  err,
  invariant,
  maskMsisdn,
  ok,
  shillings,
  toWholeShillings,
  type Msisdn,
  type PayeeId,
  type PaymentId,
  type RailId,
  type Result,
} from '#kernel';
import type { Actor } from '#audit';
import type { Account } from '#ledger';
import { isUniqueViolation, type Executor, type Tx } from '#platform/db';

import type { TransfersDeps } from '../deps.ts';
import type { PayeeRefusal, TransferRefusal } from '../errors.ts';
import type { Floats } from '../floats/service.ts';
import { testAmountMinor } from '../payees/payee.ts';
import type { PayeeService } from '../payees/service.ts';
import type { Plan, Plans } from '../plans/service.ts';
import type { TransferStore } from '../store.ts';
import { unsettledStates, type RefundedPayment, type Transfer } from '../transfer.ts';
import { createOrderStore, type RefundablePayment } from './store.ts';

interface Order {
  readonly why: string;
  readonly requestedBy: Actor;
  /** The same key twice is the same transfer. */
  readonly requestKey: string | undefined;
}

export interface TransferOrder extends Order {
  readonly rail: RailId;
  readonly amountMinor: bigint;
  /** One of the allowed numbers; the configured one where nobody is named. */
  readonly payeeId?: PayeeId | undefined;
}

export interface TestOrder extends Order {
  readonly payeeId: PayeeId;
}

export type TopUpOrder = Omit<TransferOrder, 'payeeId'>;

export interface RefundOrder extends Order {
  readonly rail: RailId;
  readonly paymentId: PaymentId;
  /** Of the payment. */
  readonly receipt: string;
  readonly amountMinor: bigint;
  readonly by:
    | { readonly kind: 'reversal' }
    /** To the payer's own number. */
    | { readonly kind: 'payout'; readonly msisdn: Msisdn };
  /** Where the money has been booked until now. */
  readonly paidFrom: Account;
  readonly requestKey: string;
}

export type OrderDeps = TransfersDeps & {
  readonly store: TransferStore;
  readonly plans: Plans;
  readonly payees: PayeeService;
  readonly floats: Floats;
};

/** No wallet of a business holds as much: beyond it an order is a slip of the keyboard. */
const topUpMaxMinor = shillings(1_000_000_000);

/** Where money would go, and whether it may. */
interface Destination {
  readonly msisdn: Msisdn | undefined;
  readonly refusals: readonly TransferRefusal[];
}

/** Transfers that somebody asks for. */
export function createOrders(deps: OrderDeps) {
  const { database, store, plans, payees, floats } = deps;
  const payments = createOrderStore(deps);

  const findRepeat = async (
    executor: Executor,
    requestKey: string | undefined,
  ): Promise<Transfer | undefined> =>
    requestKey === undefined ? undefined : store.findByRequest(executor, requestKey);

  /** Decides about a rail's money alone, and once for every key. */
  const decideOnce = async <Refusal>(
    order: Order & Wanted,
    decide: (tx: Tx) => Promise<Result<Transfer, Refusal>>,
  ): Promise<Result<Transfer, Refusal | TransferRefusal>> => {
    try {
      return await database.transaction(async (tx) => {
        await store.lockRail(tx, order.rail);
        const known = await findRepeat(tx, order.requestKey);
        return known === undefined ? decide(tx) : sameAs(known, order);
      });
    } catch (error) {
      // The same key at the same moment, for another rail: whoever came first is answered.
      const known = isUniqueViolation(error)
        ? await findRepeat(database.executor, order.requestKey)
        : undefined;
      if (known === undefined) throw error;
      return sameAs(known, order);
    }
  };

  const destinationOf = async (
    executor: Executor,
    { rail, payeeId }: Pick<TransferOrder, 'rail' | 'payeeId'>,
  ): Promise<Destination> => {
    const refuse = (refusal: TransferRefusal, msisdn?: Msisdn): Destination => ({
      msisdn,
      refusals: [refusal],
    });
    const payee = payeeId === undefined ? undefined : await payees.find(executor, payeeId);
    if (payeeId !== undefined && payee?.rail !== rail) return refuse({ kind: 'payee-not-found' });
    const msisdn = payee?.msisdn ?? deps.settings.get(rail)?.payoutNumber;
    if (msisdn === undefined) return refuse({ kind: 'no-payout-number', rail });
    const { confirmed } = await payees.trustIn(executor, { rail, msisdn });
    const number = maskMsisdn(msisdn);
    return confirmed
      ? { msisdn, refusals: [] }
      : refuse({ kind: 'number-not-confirmed', rail, number }, msisdn);
  };

  /** What keeps a rail from doing anything at all. */
  const railRefusals = (rail: RailId, engineRunning: boolean): readonly TransferRefusal[] => [
    ...(engineRunning ? [] : [{ kind: 'engine-stopped' } as const]),
    ...(deps.rails.has(rail) && deps.settings.has(rail)
      ? []
      : [{ kind: 'rail-not-configured', rail } as const]),
  ];

  const spareOf = async (executor: Executor, rail: RailId): Promise<bigint> =>
    (await plans.books(executor, rail)).freeMinor - (deps.settings.get(rail)?.reserveMinor ?? 0n);

  /** Everything that stands in the way of a transfer by hand, in order of precedence. */
  const manualRefusals = async (
    executor: Executor,
    order: Pick<TransferOrder, 'rail' | 'amountMinor' | 'payeeId'>,
    engineRunning: boolean,
  ): Promise<Destination> => {
    const { rail, amountMinor } = order;
    const first = railRefusals(rail, engineRunning);
    if (first.some(({ kind }) => kind === 'rail-not-configured')) {
      return { msisdn: undefined, refusals: first };
    }
    const to = await destinationOf(executor, order);
    const spareMinor = await spareOf(executor, rail);
    const question = { rail, amountMinor, msisdn: to.msisdn, spareMinor };
    const limits = await plans.payoutRefusals(executor, question);
    return { msisdn: to.msisdn, refusals: [...first, ...to.refusals, ...limits] };
  };

  const request = async (order: TransferOrder): Promise<Result<Transfer, TransferRefusal>> => {
    // Asked outside of transactions: one that waits for a lock must not wait for a connection.
    const engineRunning = await deps.isRunning();
    return decideOnce({ ...order, kind: 'manual' }, async (tx) => {
      const { msisdn, refusals } = await manualRefusals(tx, order, engineRunning);
      const [refusal] = refusals;
      if (refusal !== undefined) return err(refusal);
      invariant(msisdn !== undefined, 'a transfer has somewhere to go');
      return ok(await plans.plan(tx, { ...order, kind: 'manual', msisdn }));
    });
  };

  const requestTest = async (
    order: TestOrder,
  ): Promise<Result<Transfer, TransferRefusal | PayeeRefusal>> => {
    const engineRunning = await deps.isRunning();
    const found = await payees.find(database.executor, order.payeeId);
    if (found === undefined) return err({ kind: 'payee-not-found' });
    const { rail, msisdn } = found;
    const amountMinor = testAmountOn(rail);
    const wanted = { ...order, kind: 'test', rail, amountMinor } as const;
    return decideOnce<TransferRefusal | PayeeRefusal>(wanted, async (tx) => {
      const payee = await payees.lock(tx, order.payeeId);
      invariant(payee !== undefined, 'a payee is never removed');
      const objection = await payees.objectionToTest(tx, payee);
      if (objection !== undefined) return err(objection);
      const spareMinor = await spareOf(tx, rail);
      const question = { rail, amountMinor, msisdn, spareMinor };
      const [refusal] = [
        ...railRefusals(rail, engineRunning),
        ...(await plans.payoutRefusals(tx, question)),
      ];
      if (refusal !== undefined) return err(refusal);
      const test = await plans.plan(tx, { ...wanted, msisdn });
      await payees.startTest(tx, payee.id, test.id);
      return ok(test);
    });
  };

  const testAmountOn = (rail: RailId): bigint => {
    const min = deps.rails.get(rail)?.capabilities.payoutMinor.min ?? 0n;
    return min > testAmountMinor ? min : testAmountMinor;
  };

  /** Everything that stands in the way of filling the payout wallet. */
  const topUpRefusals = async (
    executor: Executor,
    { rail, amountMinor }: Pick<TopUpOrder, 'rail' | 'amountMinor'>,
    engineRunning: boolean,
  ): Promise<readonly TransferRefusal[]> => {
    const found: TransferRefusal[] = [...railRefusals(rail, engineRunning)];
    if (deps.rails.has(rail) && deps.rails.get(rail)?.topUps === undefined) {
      found.push({ kind: 'rail-cannot-top-up', rail });
    }
    const last = await store.lastTopUp(executor, rail);
    if (last !== undefined && isUnderWay(last)) {
      found.push({ kind: 'top-up-under-way', rail, transferId: last.id });
    }
    if (!toWholeShillings(amountMinor).ok) {
      found.push({ kind: 'amount-not-whole-shillings', amountMinor });
    }
    if (amountMinor < shillings(1) || amountMinor > topUpMaxMinor) {
      const [minMinor, maxMinor] = [shillings(1), topUpMaxMinor];
      found.push({ kind: 'amount-out-of-range', rail, minMinor, maxMinor });
    }
    const { working } = await floats.wallets(executor, rail);
    if (working !== undefined && !working.stale && working.availableMinor < amountMinor) {
      const { account: wallet, availableMinor } = working;
      found.push({ kind: 'working-wallet-too-low', rail, wallet, availableMinor });
    }
    return found;
  };

  const requestTopUp = async (order: TopUpOrder): Promise<Result<Transfer, TransferRefusal>> => {
    const engineRunning = await deps.isRunning();
    return decideOnce({ ...order, kind: 'top-up' }, async (tx) => {
      const [refusal] = await topUpRefusals(tx, order, engineRunning);
      return refusal === undefined
        ? ok(await plans.plan(tx, { ...order, kind: 'top-up' }))
        : err(refusal);
    });
  };

  const refundRefusals = async (
    tx: Tx,
    order: RefundOrder,
    payment: RefundablePayment,
  ): Promise<readonly TransferRefusal[]> => {
    const { rail, amountMinor, by, paidFrom } = order;
    const paymentMinor = payment.amountMinor;
    const found: TransferRefusal[] = [];
    if (amountMinor > paymentMinor) found.push({ kind: 'more-than-the-payment', paymentMinor });
    const { freeMinor } = await plans.books(tx, rail);
    // What is owed is not free, but it is there to be paid.
    const spareMinor = freeMinor + (paidFrom.kind === 'liability' ? amountMinor : 0n);
    if (by.kind === 'payout') {
      if (payment.isPayer(by.msisdn) === false) {
        found.push({ kind: 'not-the-payers-number', number: maskMsisdn(by.msisdn) });
      }
      const question = { rail, amountMinor, msisdn: by.msisdn, spareMinor };
      return [...found, ...(await plans.payoutRefusals(tx, question))];
    }
    if (deps.rails.get(rail)?.refunds === undefined) {
      found.unshift({ kind: 'rail-cannot-refund', rail });
    }
    if (amountMinor !== paymentMinor) found.push({ kind: 'not-the-whole-payment', paymentMinor });
    if (amountMinor > spareMinor) {
      found.push({ kind: 'balance-too-low', rail, freeMinor: spareMinor });
    }
    return found;
  };

  /**
   * Within the caller's transaction. Planned also while the engine is stopped, and sent once it
   * runs: that a payer is owed money does not depend on the switch.
   */
  const requestRefund = async (
    tx: Tx,
    order: RefundOrder,
  ): Promise<Result<Transfer, TransferRefusal>> => {
    const { rail, paymentId, receipt, by, paidFrom } = order;
    await store.lockRail(tx, rail);
    const known = await findRepeat(tx, order.requestKey);
    if (known !== undefined) return sameAs(known, { ...order, kind: 'refund' });
    if (!deps.rails.has(rail)) return err({ kind: 'rail-not-configured', rail });
    const payment = await payments.payment(tx, paymentId);
    if (payment?.rail !== rail || payment.receipt !== receipt) {
      return err({ kind: 'payment-not-found' });
    }
    const other = await store.refundOf(tx, paymentId);
    if (other !== undefined) return err({ kind: 'refund-exists', transferId: other.id });
    const [refusal] = await refundRefusals(tx, order, payment);
    if (refusal !== undefined) return err(refusal);
    invariant(order.amountMinor <= payment.amountMinor, 'a refund gives back what was paid');
    invariant(paidFrom.kind !== 'asset', 'a refund is paid from a debt or from revenue');
    const refund: RefundedPayment = { paymentId, receipt, by: by.kind, paidFrom };
    const { amountMinor, why, requestedBy, requestKey } = order;
    const plan: Plan = { rail, kind: 'refund', amountMinor, why, requestedBy, requestKey, refund };
    return ok(await plans.plan(tx, by.kind === 'payout' ? { ...plan, msisdn: by.msisdn } : plan));
  };

  return {
    request,
    requestTest,
    requestTopUp,
    requestRefund,
    manualRefusals,
    topUpRefusals,
  };
}

export type Orders = ReturnType<typeof createOrders>;

const isUnderWay = ({ state }: Transfer): boolean =>
  state === 'approved' || unsettledStates.includes(state);

/** What tells one order from another. */
type Wanted = Pick<Transfer, 'kind' | 'rail' | 'amountMinor'> & {
  readonly payeeId?: PayeeId | undefined;
  readonly paymentId?: PaymentId;
};

/** The same key for another order is refused: somebody would wait for money that is not coming. */
const sameAs = (known: Transfer, wanted: Wanted): Result<Transfer, TransferRefusal> =>
  known.kind === wanted.kind &&
  known.rail === wanted.rail &&
  known.amountMinor === wanted.amountMinor &&
  known.payeeId === wanted.payeeId &&
  known.refund?.paymentId === wanted.paymentId
    ? ok(known)
    : err({ kind: 'key-used-for-other-input', transferId: known.id });
