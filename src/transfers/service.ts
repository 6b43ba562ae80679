import {
  businessDateOf,
  invariant,
  type BusinessDate,
  type PaymentId,
  type RailId,
  type Result,
  type TransferId,
} from '#kernel';
import type { ProofCheck } from '#ledger';
import { abreast, type Executor, type Tx } from '#platform/db';
import type { CodeExplanation, Rail } from '#rails';

import { createBookings } from './bookings/service.ts';
import { createCancellations, type Cancellation } from './cancellations/service.ts';
import {
  decideSweep,
  type HoldReason,
  type SweepDecision,
  type SweepFacts,
  type SweepSettings,
} from './decide.ts';
import type { TransfersDeps } from './deps.ts';
import type {
  CancellationRefusal,
  PayeeRefusal,
  SettlementRefusal,
  TransferRefusal,
} from './errors.ts';
import { createFloats } from './floats/service.ts';
import {
  createOrders,
  type RefundOrder,
  type TestOrder,
  type TopUpOrder,
  type TransferOrder,
} from './orders/service.ts';
import { createPayees, type Payees } from './payees/service.ts';
import { createPayoutRecorder, type PayoutEvent } from './payouts/service.ts';
import { createTrust } from './payouts/trust.ts';
import { createPayer } from './payouts/worker.ts';
import { createPlans } from './plans/service.ts';
import { createPreviews, type PreviewQuestion, type TransferPreview } from './previews/service.ts';
import { checkTransfers } from './proof/store.ts';
import { quietUntil } from './quiet.ts';
import type { FoundTransfers, TransferPage } from './records/store.ts';
import { createSettlements, type Settlement } from './settlements/service.ts';
import {
  createStatementSettler,
  type ListedPayout,
  type ListedPayoutOutcome,
} from './statements/service.ts';
import { createStatementMatchStore } from './statements/store.ts';
import { createTransferStore } from './store.ts';
import type { DayOfTransfers } from './sums/store.ts';
import { unsettledStates, type Transfer } from './transfer.ts';

export interface SweepOutlook {
  readonly rail: RailId;
  readonly settings: SweepSettings;
  readonly sweptToday: boolean;
  readonly next: SweepDecision;
}

/** A transfer as people are shown it: what it costs and what its code means. */
export interface TransferNotes {
  /** By the tariff, while the provider has not charged it yet. */
  readonly expectedFeeMinor: bigint | undefined;
  readonly explanation: CodeExplanation | undefined;
}

/** Money out: to the owner's phones, back to payers, and into the wallet it is paid from. */
export interface Transfers {
  /**
   * Looks at the triggers, of the given rails or of all, and plans what is due; answers what was
   * planned or why not.
   */
  checkSweeps(rails?: ReadonlySet<RailId>): Promise<ReadonlyMap<RailId, Transfer | HoldReason>>;
  /** Plans a transfer by hand. */
  request(order: TransferOrder): Promise<Result<Transfer, TransferRefusal>>;
  /** Plans a small transfer that shows whose phone a number is. */
  requestTest(order: TestOrder): Promise<Result<Transfer, TransferRefusal | PayeeRefusal>>;
  /** Plans the return of a payment to its payer, within the caller's transaction. */
  requestRefund(tx: Tx, order: RefundOrder): Promise<Result<Transfer, TransferRefusal>>;
  /** Plans the filling of the payout wallet from the working wallet. */
  requestTopUp(order: TopUpOrder): Promise<Result<Transfer, TransferRefusal>>;
  /** What a transfer would cost, and whether it could go out. */
  preview(question: PreviewQuestion): Promise<TransferPreview>;
  /** Takes an order back that has not left; a sweep that is taken back is not planned anew. */
  cancel(order: Cancellation): Promise<Result<Transfer, CancellationRefusal>>;
  /** Takes a person's word for what became of a transfer no provider speaks of. */
  settleByHand(word: Settlement): Promise<Result<Transfer, SettlementRefusal>>;
  readonly payees: Payees;
  notesOn(transfer: Transfer): TransferNotes;
  /** Sends what is approved and asks about what is not settled; answers how many were looked at. */
  work(): Promise<number>;
  /** Asks every rail for its wallets. */
  askBalances(): Promise<void>;
  /** Concludes from callbacks within their transaction; answers those that are not ours. */
  record(tx: Tx, group: readonly PayoutEvent[]): Promise<readonly PayoutEvent[]>;
  /** Holds back refunds of payments that their provider has given back itself. */
  holdBackRefunds(tx: Tx, payments: readonly PaymentId[]): Promise<void>;
  /** What a provider's account statement says of money that left; answers in the same order. */
  settleListed(
    tx: Tx,
    rail: RailId,
    listed: readonly ListedPayout[],
  ): Promise<readonly ListedPayoutOutcome[]>;
  find(id: TransferId): Promise<Transfer | undefined>;
  page(page: TransferPage): Promise<FoundTransfers>;
  outlook(): Promise<readonly SweepOutlook[]>;
  checks(executor?: Executor): Promise<readonly ProofCheck[]>;
}

const sweepActor = { kind: 'engine', part: 'auto-transfer' } as const;
const topUpActor = { kind: 'engine', part: 'auto-top-up' } as const;

export function createTransfers(deps: TransfersDeps): Transfers {
  const { database, clock } = deps;
  const store = createTransferStore(deps);
  const bookings = createBookings({ ...deps, store });
  const floats = createFloats(deps);
  const parts = { ...deps, store, bookings, floats, trust: createTrust(clock) };
  const payees = createPayees(parts);
  const plans = createPlans(parts);
  const orders = createOrders({ ...parts, payees, plans });
  const recorder = createPayoutRecorder(parts);
  const payer = createPayer(parts);
  const matches = createStatementMatchStore(deps.businessId);

  const daysOn = async (
    executor: Executor,
    businessDate: BusinessDate,
  ): Promise<ReadonlyMap<RailId, DayOfTransfers>> => {
    const ask = abreast(executor);
    return new Map(
      await Promise.all(
        [...deps.rails.keys()].map((rail) =>
          ask(async () => [rail, await store.day(executor, rail, businessDate)] as const),
        ),
      ),
    );
  };

  const numberFacts = async (executor: Executor, rail: RailId, settings: SweepSettings) => {
    const msisdn = settings.payoutNumber;
    if (msisdn === undefined) {
      return { numberConfirmed: false, coolingUntil: undefined, leftToNumberMinor: 0n };
    }
    const ask = abreast(executor);
    const [{ confirmed, coolingUntil }, leftToNumberMinor] = await Promise.all([
      ask(() => payees.trustIn(executor, { rail, msisdn })),
      ask(() => plans.leftTo(executor, rail, msisdn)),
    ]);
    return { numberConfirmed: confirmed, coolingUntil, leftToNumberMinor };
  };

  const decide = async (
    executor: Executor,
    { id: rail, capabilities }: Rail,
    { settings, engineRunning }: Pick<SweepFacts, 'settings' | 'engineRunning'>,
  ): Promise<SweepDecision & { readonly sweptToday: boolean }> => {
    const today = businessDateOf(clock.now());
    const ask = abreast(executor);
    const [days, { payout }, earnedTodayMinor, books, number] = await Promise.all([
      ask(() => daysOn(executor, today)),
      ask(() => floats.wallets(executor, rail)),
      ask(() => deps.earnedOn(executor, rail, today)),
      ask(() => plans.books(executor, rail)),
      ask(() => numberFacts(executor, rail, settings)),
    ]);
    const day = days.get(rail);
    invariant(day !== undefined, 'a sweep is of a rail the engine has');
    const sweptMinor = [...days.values()].reduce((sum, one) => sum + one.sweptMinor, 0n);
    const sweptToday = day.sweeps > 0;
    const decision = decideSweep({
      settings,
      engineRunning,
      earnedTodayMinor,
      freeMinor: books.freeMinor,
      combinedLeftMinor: deps.combinedDailyCapMinor - sweptMinor,
      ...number,
      sweptToday,
      cancelledToday: day.cancelledSweeps > 0,
      failedToday: day.failedSweeps,
      credentialsRefused: day.credentialsRefused,
      quietUntil: quietUntil(deps.quietHours, clock.now()),
      reportedMinor: payout?.stale === false ? payout.expectedMinor : undefined,
      payoutMinMinor: capabilities.payoutMinor.min,
      payoutMaxMinor: capabilities.payoutMinor.max,
    });
    return { ...decision, sweptToday };
  };

  /** Due, but for the provider's own wallet: told once a day, and mended where that is wanted. */
  const onLowFloat = async (tx: Tx, rail: RailId, neededMinor: bigint): Promise<void> => {
    const wallets = await floats.wallets(tx, rail);
    await floats.warnLow(tx, { rail, neededMinor, wallets });
    const { payout, working } = wallets;
    if (!deps.autoTopUps.has(rail) || payout === undefined || working?.stale !== false) return;
    const last = await store.lastTopUp(tx, rail);
    // Once a day at most, and never on a report from before the last one.
    if (last?.businessDate === businessDateOf(clock.now())) return;
    if ((last?.settledAt ?? 0) >= payout.reportedAt) return;
    const amountMinor = wholeShillingsAbove(neededMinor - payout.expectedMinor);
    const order = { rail, amountMinor };
    const [refusal] = await orders.topUpRefusals(tx, order, true);
    if (refusal !== undefined) return;
    const why = 'a transfer is due and the payout wallet lacks it';
    const kind = 'top-up';
    await plans.plan(tx, { ...order, kind, why, requestedBy: topUpActor, requestKey: undefined });
  };

  // Asked outside of transactions: one that waits for a lock must not wait for a second connection.
  const checkSweep = async (
    rail: Rail,
    settings: SweepSettings,
  ): Promise<Transfer | HoldReason> => {
    const engineRunning = await deps.isRunning();
    return database.transaction(async (tx) => {
      // The combined cap spans rails, so one decision at a time for all of them.
      await store.lockSweeps(tx);
      await store.lockRail(tx, rail.id);
      const decision = await decide(tx, rail, { settings, engineRunning });
      if (decision.kind === 'hold') {
        if (decision.why === 'float-low') await onLowFloat(tx, rail.id, settings.dailyCapMinor);
        return decision.why;
      }
      invariant(settings.payoutNumber !== undefined, 'a sweep has somewhere to go');
      return plans.plan(tx, {
        rail: rail.id,
        kind: 'auto',
        amountMinor: decision.amountMinor,
        msisdn: settings.payoutNumber,
        why: 'daily sweep',
        requestedBy: sweepActor,
        requestKey: undefined,
      });
    });
  };

  const sweepOf = async (executor: Executor, id: RailId): Promise<SweepDecision | undefined> => {
    const rail = deps.rails.get(id);
    const settings = deps.settings.get(id);
    if (rail === undefined || settings === undefined) return undefined;
    return decide(executor, rail, { settings, engineRunning: await deps.isRunning() });
  };
  const outlookOn = async (
    executor: Executor,
    engineRunning: boolean,
  ): Promise<readonly SweepOutlook[]> => {
    const ask = abreast(executor);
    const all = [...deps.rails.values()].flatMap((rail) => {
      const settings = deps.settings.get(rail.id);
      return settings === undefined ? [] : [{ rail, settings }];
    });
    return Promise.all(
      all.map(({ rail, settings }) =>
        ask(async () => {
          const facts = { settings, engineRunning };
          const { sweptToday, ...next } = await decide(executor, rail, facts);
          return { rail: rail.id, settings, sweptToday, next };
        }),
      ),
    );
  };

  const preview = createPreviews({ ...parts, plans, orders, sweepOf });

  return {
    checkSweeps: async (wanted) => {
      const outcomes = new Map<RailId, Transfer | HoldReason>();
      for (const rail of deps.rails.values()) {
        const settings = deps.settings.get(rail.id);
        if (wanted?.has(rail.id) === false) continue;
        if (settings !== undefined) outcomes.set(rail.id, await checkSweep(rail, settings));
      }
      return outcomes;
    },

    request: orders.request,
    requestTest: orders.requestTest,
    requestRefund: orders.requestRefund,
    requestTopUp: orders.requestTopUp,
    preview: (question) => preview(database.executor, question),
    cancel: createCancellations(parts),
    settleByHand: createSettlements(parts),
    payees: payees.doors,

    notesOn: (transfer) => {
      const { code, state } = transfer;
      const open = state === 'approved' || unsettledStates.includes(state);
      return {
        expectedFeeMinor: open ? bookings.feeOf(transfer) : undefined,
        explanation:
          code === undefined || state === 'completed'
            ? undefined
            : bookings.explain(transfer, code),
      };
    },

    work: payer.sweep,
    askBalances: floats.ask,
    record: recorder.record,
    holdBackRefunds: bookings.holdBackRefunds,
    settleListed: createStatementSettler({ store, matches, bookings }),
    find: (id) => store.find(database.executor, id),
    page: (page) => store.page(database.executor, page),

    outlook: async () => {
      const engineRunning = await deps.isRunning();
      return database.snapshot((tx) => outlookOn(tx, engineRunning));
    },

    checks: (executor = database.executor) => checkTransfers(executor, deps),
  };
}

const shillingMinor = 100n;
const wholeShillingsAbove = (amountMinor: bigint): bigint =>
  ((amountMinor + shillingMinor - 1n) / shillingMinor) * shillingMinor;
