import {
  businessDateOf,
  err,
  formatMoney,
  invariant,
  ok,
  toWholeShillings,
  type BusinessId,
  type Clock,
  type IdSource,
  type Msisdn,
  type RailId,
  type Result,
  type TransferId,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import type { Evidence } from '#evidence';
import {
  credit,
  debit,
  railCollection,
  suspense,
  transferInFlight,
  type Ledger,
  type ProofCheck,
} from '#ledger';
import { isUniqueViolation, type Database, type Executor, type Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { JsonObject, Outbox } from '#platform/outbox';
import type { CallbackUrls, Rail } from '#rails';
import type { BlindIndex, Vault } from '#security';

import {
  decideSweep,
  type HoldReason,
  type SweepDecision,
  type SweepFacts,
  type SweepSettings,
} from './decide.ts';
import type { TransferRefusal } from './errors.ts';
import { createPayoutRecorder, type PayoutEvent } from './payouts/service.ts';
import { createPayer } from './payouts/worker.ts';
import { checkTransfers } from './proof/store.ts';
import {
  createStatementSettler,
  type ListedPayout,
  type ListedPayoutOutcome,
} from './statements/service.ts';
import { createStatementMatchStore } from './statements/store.ts';
import { createTransferStore, type TransferPage } from './store.ts';
import { ownIdOf, type Transfer } from './transfer.ts';

/** What a person should look at, in the words of the exceptions list. */
export interface Trouble {
  readonly kind: 'forged-callback' | 'unknown-transfer' | 'payout-mismatch';
  readonly rail: RailId;
  readonly subject: string;
  readonly amountMinor: bigint | undefined;
  readonly detail: JsonObject;
}

export interface TransfersDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly evidence: Evidence;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly settings: ReadonlyMap<RailId, SweepSettings>;
  /** The most all rails together may send to the owner on one business day. */
  readonly combinedDailyCapMinor: bigint;
  readonly isRunning: () => Promise<boolean>;
  /** Confirmed revenue of the business day on a rail, by the roll-up that proofs check. */
  readonly earnedOn: (executor: Executor, rail: RailId, businessDate: string) => Promise<bigint>;
  readonly payoutUrls: (subject: bigint) => CallbackUrls;
  readonly statusUrls: (subject: bigint) => CallbackUrls;
  readonly balanceUrls: CallbackUrls;
  /** What the provider charges for a payout, by its dated tariff. */
  readonly payoutFeeMinor: (rail: RailId, amountMinor: bigint) => bigint;
  /** The name under which the provider reports the wallet that customers pay into. */
  readonly walletNames: ReadonlyMap<RailId, string>;
  readonly openTroubles: (tx: Tx, troubles: readonly Trouble[]) => Promise<void>;
}

export interface TransferOrder {
  readonly rail: RailId;
  readonly amountMinor: bigint;
  readonly why: string;
  readonly requestedBy: Actor;
  /** The same key twice is the same transfer. */
  readonly requestKey: string | undefined;
}

export interface SweepOutlook {
  readonly rail: RailId;
  readonly settings: SweepSettings;
  readonly sweptToday: boolean;
  readonly next: SweepDecision;
}

/** Money out, to the owner's own phones. */
export interface Transfers {
  /**
   * Looks at the triggers, of the given rails or of all, and plans what is due; answers what was
   * planned or why not.
   */
  checkSweeps(rails?: ReadonlySet<RailId>): Promise<ReadonlyMap<RailId, Transfer | HoldReason>>;
  /** Plans a transfer by hand. */
  request(order: TransferOrder): Promise<Result<Transfer, TransferRefusal>>;
  /** Sends what is approved and asks about what is not settled; answers how many were looked at. */
  work(): Promise<number>;
  /** Asks every rail for its wallets. */
  askBalances(): Promise<void>;
  /** Concludes from callbacks within their transaction; answers those that are not ours. */
  record(tx: Tx, group: readonly PayoutEvent[]): Promise<readonly PayoutEvent[]>;
  /** What a provider's account statement says of money that left; answers in the same order. */
  settleListed(
    tx: Tx,
    rail: RailId,
    listed: readonly ListedPayout[],
  ): Promise<readonly ListedPayoutOutcome[]>;
  find(id: TransferId): Promise<Transfer | undefined>;
  page(page: TransferPage): Promise<readonly Transfer[]>;
  outlook(): Promise<readonly SweepOutlook[]>;
  checks(executor?: Executor): Promise<readonly ProofCheck[]>;
}

interface OrderFacts {
  readonly settings: SweepSettings | undefined;
  readonly engineRunning: boolean;
}

interface Plan {
  readonly rail: RailId;
  readonly kind: Transfer['kind'];
  readonly amountMinor: bigint;
  readonly msisdn: Msisdn;
  readonly why: string;
  readonly requestedBy: Actor;
  readonly requestKey: string | undefined;
}

export function createTransfers(deps: TransfersDeps): Transfers {
  const { database, clock, ids, ledger } = deps;
  const store = createTransferStore(deps);
  const matches = createStatementMatchStore(deps.businessId);
  const recorder = createPayoutRecorder({ ...deps, store });
  const payer = createPayer({ ...deps, store, recorder });

  /** What lies in the wallet, less what is owed to somebody who is not known yet. */
  const freeOf = async (executor: Executor, rail: RailId): Promise<bigint> => {
    const names = [railCollection(rail).name, suspense(rail).name];
    const balances = await ledger.balances(executor);
    return balances
      .filter(({ name }) => names.includes(name))
      .reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
  };

  const sweptOn = async (executor: Executor, businessDate: string): Promise<bigint> => {
    let sum = 0n;
    for (const rail of deps.rails.keys()) {
      sum += (await store.day(executor, rail, businessDate)).sweptMinor;
    }
    return sum;
  };

  /** Intent and reservation together, before anything is sent. */
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
      businessDate: businessDateOf(now),
      requestedBy: formatActor(order.requestedBy),
      why: order.why,
      code: undefined,
      description: undefined,
      reason: undefined,
      plannedAt: now,
      sentAt: undefined,
      settledAt: undefined,
      queries: 0,
      failedAnswers: 0,
    };
    await store.insert(tx, { ...transfer, nextStepAt: now, requestKey: order.requestKey });
    const posted = await ledger.post(tx, [
      {
        id: ids.next('ledgerTransaction'),
        kind: 'transfer-reserved',
        idempotencyKey: `transfer-reserved:${id}`,
        subject: id,
        occurredAt: now,
        entries: [
          debit(transferInFlight(order.rail), order.amountMinor),
          credit(railCollection(order.rail), order.amountMinor),
        ],
      },
    ]);
    invariant(posted.ok && posted.value.length === 1, 'a new transfer is reserved once');
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

  const decide = async (
    executor: Executor,
    { id: rail, capabilities }: Rail,
    { settings, engineRunning }: Pick<SweepFacts, 'settings' | 'engineRunning'>,
  ): Promise<SweepDecision & { readonly sweptToday: boolean }> => {
    const today = businessDateOf(clock.now());
    const day = await store.day(executor, rail, today);
    const sweptToday = day.sweeps > 0;
    const decision = decideSweep({
      settings,
      engineRunning,
      earnedTodayMinor: await deps.earnedOn(executor, rail, today),
      freeMinor: await freeOf(executor, rail),
      combinedLeftMinor: deps.combinedDailyCapMinor - (await sweptOn(executor, today)),
      sweptToday,
      failedToday: day.failedSweeps,
      credentialsRefused: day.credentialsRefused,
      payoutMinMinor: capabilities.payoutMinor.min,
      payoutMaxMinor: capabilities.payoutMinor.max,
    });
    return { ...decision, sweptToday };
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
      if (decision.kind === 'hold') return decision.why;
      invariant(settings.payoutNumber !== undefined, 'a sweep has somewhere to go');
      return plan(tx, {
        rail: rail.id,
        kind: 'auto',
        amountMinor: decision.amountMinor,
        msisdn: settings.payoutNumber,
        why: 'daily sweep',
        requestedBy: { kind: 'engine', part: 'auto-transfer' },
        requestKey: undefined,
      });
    });
  };

  const refusalOf = async (
    tx: Tx,
    order: TransferOrder,
    { settings, engineRunning }: OrderFacts,
  ): Promise<TransferRefusal | undefined> => {
    const { rail, amountMinor } = order;
    const limits = deps.rails.get(rail)?.capabilities;
    if (!engineRunning) return { kind: 'engine-stopped' };
    if (limits === undefined || settings === undefined) {
      return { kind: 'rail-not-configured', rail };
    }
    if (settings.payoutNumber === undefined) return { kind: 'no-payout-number', rail };
    if (!toWholeShillings(amountMinor).ok)
      return { kind: 'amount-not-whole-shillings', amountMinor };
    const { min, max } = limits.payoutMinor;
    if (amountMinor < min || amountMinor > max) {
      return { kind: 'amount-out-of-range', rail, minMinor: min, maxMinor: max };
    }
    const day = await store.day(tx, rail, businessDateOf(clock.now()));
    const leftMinor = limits.payoutDailyMaxMinor - day.committedMinor;
    if (amountMinor > leftMinor) return { kind: 'over-daily-limit', rail, leftMinor };
    const freeMinor = (await freeOf(tx, rail)) - settings.reserveMinor;
    if (amountMinor > freeMinor) return { kind: 'balance-too-low', rail, freeMinor };
    return undefined;
  };

  const findRepeat = async (
    executor: Executor,
    { requestKey }: TransferOrder,
  ): Promise<Transfer | undefined> =>
    requestKey === undefined ? undefined : store.findByRequest(executor, requestKey);

  const planOrder = async (
    tx: Tx,
    order: TransferOrder,
    engineRunning: boolean,
  ): Promise<Result<Transfer, TransferRefusal>> => {
    await store.lockRail(tx, order.rail);
    const known = await findRepeat(tx, order);
    if (known !== undefined) return sameAs(known, order);
    const settings = deps.settings.get(order.rail);
    const refusal = await refusalOf(tx, order, { settings, engineRunning });
    if (refusal !== undefined) return err(refusal);
    invariant(settings?.payoutNumber !== undefined, 'a transfer has somewhere to go');
    return ok(await plan(tx, { ...order, kind: 'manual', msisdn: settings.payoutNumber }));
  };

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

    request: async (order) => {
      const engineRunning = await deps.isRunning();
      try {
        return await database.transaction((tx) => planOrder(tx, order, engineRunning));
      } catch (error) {
        // The same key at the same moment, for another rail: whoever came first is answered.
        const known = isUniqueViolation(error)
          ? await findRepeat(database.executor, order)
          : undefined;
        if (known === undefined) throw error;
        return sameAs(known, order);
      }
    },

    work: payer.sweep,
    askBalances: payer.askBalances,
    record: recorder.record,
    settleListed: createStatementSettler({ store, matches, recorder }),
    find: (id) => store.find(database.executor, id),
    page: (page) => store.page(database.executor, page),

    outlook: async () => {
      const outlooks: SweepOutlook[] = [];
      const engineRunning = await deps.isRunning();
      for (const rail of deps.rails.values()) {
        const settings = deps.settings.get(rail.id);
        if (settings === undefined) continue;
        const facts = { settings, engineRunning };
        const { sweptToday, ...next } = await decide(database.executor, rail, facts);
        outlooks.push({ rail: rail.id, settings, sweptToday, next });
      }
      return outlooks;
    },

    checks: (executor = database.executor) => checkTransfers(executor, deps),
  };
}

/** The same key for another order is refused: somebody would wait for money that is not coming. */
const sameAs = (known: Transfer, order: TransferOrder): Result<Transfer, TransferRefusal> =>
  known.rail === order.rail && known.amountMinor === order.amountMinor
    ? ok(known)
    : err({ kind: 'key-used-for-other-input', transferId: known.id });
