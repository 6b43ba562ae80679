import {
  businessDateOf,
  decimalOf,
  formatMoney,
  numberFromId,
  railNames,
  type EpochMs,
  type RailId,
} from '#kernel';
import { abreast, type Executor, type Tx } from '#platform/db';
import type { ProviderWord, Rail, ReportedAccount } from '#rails';
import { breakerOpen } from '#weather';

import type { TransfersDeps } from '../deps.ts';
import { createFloatStore, type BalancePoll, type WalletReport } from './store.ts';

export type FloatDeps = Pick<
  TransfersDeps,
  | 'database'
  | 'businessId'
  | 'clock'
  | 'ids'
  | 'log'
  | 'outbox'
  | 'rails'
  | 'walletNames'
  | 'balanceUrls'
  | 'openTroubles'
>;

/** A wallet as its provider last reported it. */
export interface Wallet extends WalletReport {
  /** Too old to decide by: the provider has not answered for a while. */
  readonly stale: boolean;
  /**
   * With what the books have moved since it was asked for: payers do not wait for the next. One
   * that is stale stands as it was reported.
   */
  readonly expectedMinor: bigint;
}

export interface Wallets {
  /** The one that payouts are paid from. */
  readonly payout: Wallet | undefined;
  /** The one that tops it up, where the rail has one. */
  readonly working: Wallet | undefined;
}

export interface LowFloat {
  readonly rail: RailId;
  readonly neededMinor: bigint;
  readonly wallets: Wallets;
}

/** Wallets are asked for every five minutes: six silences in a row make a report stale. */
const staleAfterMs = 30 * 60_000;
/** By then nothing is on its way any more that was numbered before the report was asked for. */
const settledAfterMs = 5_000;
/** After a refusal, twice as long after each further one: wrong credentials get locked. */
const waitAfterRefusalMs = 5 * 60_000;
const waitAfterRefusalMsMax = 6 * 60 * 60_000;

interface Reported {
  readonly accounts: readonly ReportedAccount[];
  /** When the provider took the figures, where it says so. */
  readonly asOfAt?: EpochMs;
}

/** What providers say lies in the wallets. */
export function createFloats(deps: FloatDeps) {
  const { database, clock } = deps;
  const store = createFloatStore(deps);

  const noteReport = async (
    executor: Executor,
    rail: RailId,
    { accounts, asOfAt }: Reported,
  ): Promise<void> => {
    const ids = accounts.map(() => numberFromId(deps.ids.next('event')));
    const now = clock.now();
    // One that was on its way for hours says nothing about now.
    const at = Math.min(asOfAt ?? now, now);
    await store.report(executor, { rail, accounts, ids, at });
    await store.answered(executor, rail, now);
  };

  const noteRefusal = async (
    executor: Executor,
    rail: RailId,
    { code, description }: ProviderWord,
  ): Promise<void> => {
    deps.log.warn({ rail, code }, 'a provider refused to report its wallets');
    await store.refused(executor, rail, {
      code,
      description,
      at: clock.now(),
      waitMs: waitAfterRefusalMs,
      waitMsMax: waitAfterRefusalMsMax,
    });
  };

  const askRail = async (rail: Rail): Promise<void> => {
    const now = clock.now();
    const poll = { rail: rail.id, now, nextAt: now };
    if (!(await store.claimPoll(database.executor, poll))) return;
    const answer = await rail.queryBalance(deps.balanceUrls);
    switch (answer.kind) {
      case 'reported':
        return database.transaction((tx) => noteReport(tx, rail.id, answer));
      case 'refused':
        // Nobody was asked: the provider is as it was.
        if (answer.code === breakerOpen) return undefined;
        return noteRefusal(database.executor, rail.id, answer);
      case 'asked':
      case 'unknown':
        return undefined;
    }
  };

  const walletOf = async (
    executor: Executor,
    rail: RailId,
    name: string | undefined,
  ): Promise<Wallet | undefined> => {
    const report = name === undefined ? undefined : await store.latest(executor, rail, name);
    if (report === undefined) return undefined;
    const stale = clock.now() - report.reportedAt > staleAfterMs;
    const names = deps.walletNames.get(rail);
    if (stale || name !== names?.payout) {
      return { ...report, stale, expectedMinor: report.availableMinor };
    }
    const movedMinor =
      names?.collection === names?.payout
        ? await movedByAll(executor, rail, report.asOf)
        : await store.movedByPayouts(executor, rail, report.asOf);
    return { ...report, stale, expectedMinor: report.availableMinor + movedMinor };
  };

  /** What a rail's account held when its newest report was asked for: that does not change. */
  const heldThen = new Map<RailId, { readonly asOf: EpochMs; readonly heldMinor: bigint }>();

  /** Minutes of payments are added up once a report; from then on two figures are compared. */
  const movedByAll = async (executor: Executor, rail: RailId, asOf: EpochMs): Promise<bigint> => {
    const then = heldThen.get(rail);
    if (then?.asOf === asOf) return (await store.held(executor, rail)) - then.heldMinor;
    const { heldMinor, movedMinor } = await store.heldAndMoved(executor, rail, asOf);
    if (clock.now() - asOf >= settledAfterMs) {
      heldThen.set(rail, { asOf, heldMinor: heldMinor - movedMinor });
    }
    return movedMinor;
  };

  return {
    noteReport,
    noteRefusal,
    usualHours: store.usualHours,

    /** Asks every rail for its wallets; one that refuses is asked less and less often. */
    ask: async (): Promise<void> => {
      const ends = await Promise.allSettled([...deps.rails.values()].map(askRail));
      for (const end of ends) {
        if (end.status === 'rejected') {
          deps.log.error({ err: end.reason }, 'a balance could not be asked for');
        }
      }
    },

    polls: (executor: Executor): Promise<readonly BalancePoll[]> => store.polls(executor),

    wallets: async (executor: Executor, rail: RailId): Promise<Wallets> => {
      const ask = abreast(executor);
      const [payout, working] = await Promise.all([
        ask(() => walletOf(executor, rail, deps.walletNames.get(rail)?.payout)),
        ask(() => walletOf(executor, rail, deps.rails.get(rail)?.topUps?.fromWallet)),
      ]);
      return { payout, working };
    },

    /** Tells once a business day that a transfer is due and the provider's wallet lacks it. */
    warnLow: async (tx: Tx, { rail, neededMinor, wallets }: LowFloat): Promise<void> => {
      const { payout, working } = wallets;
      const date = businessDateOf(clock.now());
      if (payout === undefined || !(await store.claimWarning(tx, rail, date))) return;
      const { availableMinor, expectedMinor } = payout;
      const detail = {
        why:
          `A transfer of ${formatMoney(neededMinor)} is due and ${payout.account} holds ` +
          `${formatMoney(availableMinor)}.`,
        available: decimalOf(availableMinor),
        needed: decimalOf(neededMinor),
        advice: adviceFor({ rail, missingMinor: neededMinor - expectedMinor, working }),
      };
      await deps.outbox.publish(tx, [{ topic: 'float.low', payload: { rail, ...detail } }]);
      const subject = `float:${rail}:${date}`;
      await deps.openTroubles(tx, [
        { kind: 'low-float', rail, subject, amountMinor: neededMinor, detail },
      ]);
    },
  };
}

export type Floats = ReturnType<typeof createFloats>;

/** A top-up is proposed only where the working wallet is known to have the money. */
function adviceFor(lack: {
  readonly rail: RailId;
  readonly missingMinor: bigint;
  readonly working: Wallet | undefined;
}): string {
  const { rail, missingMinor, working } = lack;
  if (working === undefined || working.stale || working.availableMinor < missingMinor) {
    return `Move money into the ${railNames[rail]} payout wallet, or wait until payers have.`;
  }
  return (
    `${working.account} holds ${formatMoney(working.availableMinor)}: top up ` +
    `${formatMoney(missingMinor)} with \`qmoi transfers top-up\`.`
  );
}
