import {
  businessDateOf,
  formatMoney,
  invariant,
  maskMsisdn,
  startOfBusinessDay,
  toWholeShillings,
  type Msisdn,
  type PayeeId,
  type RailId,
} from '#kernel';
import { formatActor, type Actor } from '#audit';
import { credit, customerCredit, debit, railCollection, suspense, transferInFlight } from '#ledger';
import { abreast, type Executor, type Tx } from '#platform/db';

import type { TransfersDeps } from '../deps.ts';
import type { TransferRefusal } from '../errors.ts';
import type { TransferStore } from '../store.ts';
import { isReserved, ownIdOf, type Transfer, type TransferKind } from '../transfer.ts';

export interface Plan {
  readonly rail: RailId;
  readonly kind: TransferKind;
  readonly amountMinor: bigint;
  readonly msisdn?: Msisdn;
  readonly payeeId?: PayeeId | undefined;
  readonly refund?: Transfer['refund'];
  readonly why: string;
  readonly requestedBy: Actor;
  readonly requestKey: string | undefined;
}

/** A rail's money by the books. */
export interface RailBooks {
  /** In the wallet, less what is set aside for transfers under way. */
  readonly walletMinor: bigint;
  readonly suspenseMinor: bigint;
  readonly customerCreditMinor: bigint;
  readonly inFlightMinor: bigint;
  /** The business's own: what is owed to somebody is taken out. */
  readonly freeMinor: bigint;
}

/** What a payout has to keep to, whatever its kind. */
export interface PayoutQuestion {
  readonly rail: RailId;
  readonly amountMinor: bigint;
  readonly msisdn: Msisdn | undefined;
  /** What the books can spare for it. */
  readonly spareMinor: bigint;
}

/** Limits, balances, and the intent that is committed before anything is sent. */
export function createPlans(deps: TransfersDeps & { readonly store: TransferStore }) {
  const { clock, ids, ledger, store } = deps;

  const books = async (executor: Executor, rail: RailId): Promise<RailBooks> => {
    const ask = abreast(executor);
    const [balances, settlingMinor] = await Promise.all([
      ask(() => ledger.balances(executor)),
      // For these debts the money has left the wallet's account already.
      ask(() => store.debtsUnderWay(executor, rail)),
    ]);
    const of = ({ name }: { readonly name: string }): bigint =>
      balances.find((one) => one.name === name)?.balanceMinor ?? 0n;
    const walletMinor = of(railCollection(rail));
    // What we owe has its balance below zero.
    const suspenseMinor = -of(suspense(rail));
    const customerCreditMinor = -of(customerCredit(rail));
    return {
      walletMinor,
      suspenseMinor,
      customerCreditMinor,
      inFlightMinor: of(transferInFlight(rail)),
      freeMinor: walletMinor - suspenseMinor - customerCreditMinor + settlingMinor,
    };
  };

  /** What may still go to a number today, by all kinds of transfers together. */
  const leftTo = async (executor: Executor, rail: RailId, msisdn: Msisdn): Promise<bigint> => {
    const limits = deps.rails.get(rail)?.capabilities;
    invariant(limits !== undefined, 'a limit is asked of a rail the engine has');
    const businessDate = businessDateOf(clock.now());
    const dayStartedAt = startOfBusinessDay(businessDate);
    const to = { rail, msisdn, businessDate, dayStartedAt };
    return limits.payoutDailyMaxMinor - (await store.committedTo(executor, to));
  };

  /** Every limit that stands in the way of a payout, in order of precedence. */
  const payoutRefusals = async (
    executor: Executor,
    question: PayoutQuestion,
  ): Promise<readonly TransferRefusal[]> => {
    const { rail, amountMinor, msisdn, spareMinor } = question;
    const limits = deps.rails.get(rail)?.capabilities;
    if (limits === undefined) return [{ kind: 'rail-not-configured', rail }];
    const found: TransferRefusal[] = [];
    if (!toWholeShillings(amountMinor).ok) {
      found.push({ kind: 'amount-not-whole-shillings', amountMinor });
    }
    const { min, max } = limits.payoutMinor;
    if (amountMinor < min || amountMinor > max) {
      found.push({ kind: 'amount-out-of-range', rail, minMinor: min, maxMinor: max });
    }
    const leftMinor = msisdn === undefined ? undefined : await leftTo(executor, rail, msisdn);
    if (msisdn !== undefined && leftMinor !== undefined && amountMinor > leftMinor) {
      const limitMinor = limits.payoutDailyMaxMinor;
      const number = maskMsisdn(msisdn);
      found.push({ kind: 'over-daily-limit', rail, number, limitMinor, leftMinor });
    }
    if (amountMinor > spareMinor) {
      found.push({ kind: 'balance-too-low', rail, freeMinor: spareMinor });
    }
    return found;
  };

  /** Intent and reservation together, before anything is sent. The rail's lock is held. */
  const plan = async (tx: Tx, order: Plan): Promise<Transfer> => {
    const now = clock.now();
    const id = ids.next('transfer');
    const transfer: Transfer = {
      id,
      rail: order.rail,
      kind: order.kind,
      state: 'approved',
      amountMinor: order.amountMinor,
      feeMinor: undefined,
      ownId: ownIdOf(id),
      providerRequestId: undefined,
      receipt: undefined,
      msisdn: order.msisdn,
      payeeId: order.payeeId,
      refund: order.refund,
      businessDate: businessDateOf(now),
      requestedBy: formatActor(order.requestedBy),
      why: order.why,
      code: undefined,
      description: undefined,
      reason: undefined,
      plannedAt: now,
      sentAt: undefined,
      settledAt: undefined,
      settledBy: undefined,
      nextStepAt: now,
      queries: 0,
      failedAnswers: 0,
      corrections: 0,
    };
    await store.insert(tx, { ...transfer, requestKey: order.requestKey });
    if (isReserved(transfer)) await reserve(tx, transfer);
    await deps.audit.record(tx, {
      actor: order.requestedBy,
      action: 'transfer.approved',
      subject: `transfer:${id}`,
      detail: {
        rail: order.rail,
        kind: order.kind,
        amount: formatMoney(order.amountMinor),
        why: order.why,
      },
    });
    await deps.outbox.publish(tx, [
      { topic: 'transfer.approved', payload: { transferId: id, rail: order.rail } },
    ]);
    return transfer;
  };

  const reserve = async (tx: Tx, { id, rail, amountMinor }: Transfer): Promise<void> => {
    const posted = await ledger.post(tx, [
      {
        id: ids.next('ledgerTransaction'),
        kind: 'transfer-reserved',
        idempotencyKey: `transfer-reserved:${id}`,
        subject: id,
        occurredAt: clock.now(),
        entries: [
          debit(transferInFlight(rail), amountMinor),
          credit(railCollection(rail), amountMinor),
        ],
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'a new transfer is reserved once');
  };

  return { books, leftTo, payoutRefusals, plan };
}

export type Plans = ReturnType<typeof createPlans>;
