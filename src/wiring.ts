import {
  businessDateOf,
  createIdSource,
  dayMs,
  firstBusinessId,
  isoOf,
  shardCount,
  type BusinessId,
  type Clock,
  type EpochMs,
  type IdSource,
  type RailId,
} from '#kernel';
import { createAudit, type Audit } from '#audit';
import { createBilling, type Billing } from '#billing';
import { createCollections, type Collections } from '#collections';
import { createEngineSwitch, type EngineSteps, type EngineSwitch } from '#engine';
import { createEvidence, type Evidence } from '#evidence';
import { createIntake, openSpool, type Intake, type Spool } from '#intake';
import {
  createLedger,
  fees,
  ownerDrawings,
  railCharges,
  railCollection,
  revenue,
  suspense,
  transferInFlight,
  type Ledger,
  type ProofCheck,
} from '#ledger';
import { sql, type Database } from '#platform/db';
import type { Log } from '#platform/log';
import { createOutbox, type Outbox } from '#platform/outbox';
import type { CallbackChannel, CallbackUrls, Rail } from '#rails';
import { createReconciliation, type Reconciliation } from '#reconciliation';
import {
  createBlindIndex,
  createCallbackTokens,
  createIdempotency,
  createVault,
  type BlindIndex,
  type CallbackTokens,
  type Idempotency,
  type Keys,
  type RandomBytes,
  type Vault,
} from '#security';
import { streams } from '#streams';
import { createTargets, type DailyGoal, type DailyTargets, type PerKind } from '#targets';
import { createTransfers, type SweepSettings, type Transfers } from '#transfers';

import { StartRefused } from './refusal.ts';

/** What stands before any money: keys, ids, and the record of who did what. */
export interface Foundation {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly random: RandomBytes;
  readonly keys: Keys;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
  readonly tokens: CallbackTokens;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly idempotency: Idempotency;
}

export interface FoundationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  readonly keys: Keys;
  readonly mode: 'sandbox' | 'live';
  readonly businessName: string;
}

/** The database must be migrated. */
export async function layFoundation(deps: FoundationDeps): Promise<Foundation> {
  const { database, clock, keys, random, log } = deps;
  const businessId = firstBusinessId;
  await openBusiness(deps, businessId);
  const ids = createIdSource({ clock, shard: await nextShard(database) });
  const vault = createVault({ database, businessId, keys, clock, random });
  const opened = await vault.open();
  if (!opened.ok) throw new StartRefused(`${opened.error.cause} ${opened.error.fix}`);
  const common = { database, businessId, clock, ids };
  return {
    ...common,
    log,
    random,
    keys,
    vault,
    blindIndex: createBlindIndex({ keys, businessId }),
    tokens: createCallbackTokens({ keys }),
    audit: createAudit(common),
    outbox: createOutbox(common),
    idempotency: createIdempotency(common),
  };
}

/** Makes the business at the first start; refuses a database of the other mode. */
async function openBusiness(deps: FoundationDeps, businessId: BusinessId): Promise<void> {
  const { database, mode, businessName, clock } = deps;
  await sql`
    insert into business (business_id, name, mode, created_at)
    values (${businessId}, ${businessName}, ${mode}, ${isoOf(clock.now())})
    on conflict do nothing`.execute(database.executor);
  const { rows } = await sql<{ mode: string }>`
    select mode from business where business_id = ${businessId}`.execute(database.executor);
  if (rows[0]?.mode !== mode) {
    throw new StartRefused(
      `This database holds ${rows[0]?.mode} money and the engine is in ${mode} mode.`,
      'Set QMOI_MODE back, or give each mode a database of its own: another DATABASE_URL, ' +
        'or with the embedded one the folder data/<mode> it was made in.',
    );
  }
}

async function nextShard(database: Database): Promise<number> {
  const { rows } = await sql<{ next: bigint }>`select nextval('process_shard') as next`.execute(
    database.executor,
  );
  return Number((rows[0]?.next ?? 0n) % BigInt(shardCount));
}

/** What the owner decided and the contract with the providers says. */
export interface BusinessSettings {
  readonly goals: PerKind<DailyGoal>;
  readonly sweeps: ReadonlyMap<RailId, SweepSettings>;
  readonly combinedDailyCapMinor: bigint;
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  readonly walletNames: ReadonlyMap<RailId, string>;
  readonly payoutFeeMinor: (rail: RailId, amountMinor: bigint) => bigint;
  readonly isListedSource: (rail: RailId, source: string) => boolean;
  readonly callbackUrl: CallbackUrlOf;
  readonly spoolFolder: string;
}

export type CallbackUrlOf = (channel: CallbackChannel, subject: bigint) => string;

export interface Business extends Foundation {
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly ledger: Ledger;
  readonly evidence: Evidence;
  readonly billing: Billing;
  readonly transfers: Transfers;
  readonly collections: Collections;
  readonly targets: DailyTargets;
  readonly reconciliation: Reconciliation;
  readonly engine: EngineSwitch;
  readonly intake: Intake;
  readonly spool: Spool;
  readonly steps: EngineSteps;
  /** Every statement about the books, the payments and the transfers. */
  proof(): Promise<readonly ProofCheck[]>;
}

const spoolBytesMax = 256 * 1024 * 1024;

/** Puts the lines together, upper ones first. Rails come ready-made: tests script them. */
export async function assemble(
  foundation: Foundation,
  rails: ReadonlyMap<RailId, Rail>,
  settings: BusinessSettings,
): Promise<Business> {
  const { log } = foundation;
  const parts = { ...foundation, rails };
  const ledger = createLedger(foundation);
  await ledger.openAccounts(chartOf(rails));
  const evidence = createEvidence(foundation);
  const engine = createEngineSwitch(foundation);
  const { isRunning } = engine;
  const billing = createBilling(parts);
  const targets = createTargets({ ...foundation, configured: settings.goals });
  const urls = urlsFor(settings.callbackUrl);
  const collections = createCollections({
    ...parts,
    log: log.child({ module: 'collections' }),
    ledger,
    evidence,
    billing,
    isRunning,
    shortCodes: settings.shortCodes,
    callbackUrl: settings.callbackUrl,
  });
  const transfers = createTransfers({
    ...parts,
    ...urls,
    log: log.child({ module: 'transfers' }),
    ledger,
    evidence,
    isRunning,
    settings: settings.sweeps,
    combinedDailyCapMinor: settings.combinedDailyCapMinor,
    earnedOn: targets.earnedOn,
    payoutFeeMinor: settings.payoutFeeMinor,
    walletNames: settings.walletNames,
    openTroubles: collections.openExceptions,
  });
  const reconciliation = createReconciliation({
    ...parts,
    ledger,
    collections,
    transfers,
    shortCodes: settings.shortCodes,
    walletNames: settings.walletNames,
  });
  const intakeLog = log.child({ module: 'intake' });
  const spool = await openSpool({
    folder: settings.spoolFolder,
    vault: foundation.vault,
    bytesMax: spoolBytesMax,
    onTorn: (file) => intakeLog.warn({ file }, 'a spool file ends in an unfinished record'),
  });
  const intake = createIntake({
    ...parts,
    log: intakeLog,
    evidence,
    collections,
    transfers,
    spool,
    isListedSource: settings.isListedSource,
  });
  const proof = async (): Promise<readonly ProofCheck[]> => [
    ...(await ledger.checks()),
    ...(await collections.checks()),
    ...(await transfers.checks()),
    await auditCheck(foundation),
  ];
  const business = {
    ...parts,
    ledger,
    evidence,
    billing,
    transfers,
    collections,
    targets,
    reconciliation,
    engine,
    intake,
    spool,
    proof,
  };
  return { ...business, steps: stepsOf(business, settings.sweeps) };
}

const chartOf = (rails: ReadonlyMap<RailId, Rail>) => [
  ...[...rails.keys()].flatMap((rail) =>
    [railCollection, railCharges, fees, suspense, transferInFlight, ownerDrawings].map((account) =>
      account(rail),
    ),
  ),
  ...streams.map((stream) => revenue(stream.id)),
];

function urlsFor(urlOf: CallbackUrlOf) {
  const pair =
    (result: CallbackChannel, timeout: CallbackChannel) =>
    (subject: bigint): CallbackUrls => ({
      resultUrl: urlOf(result, subject),
      timeoutUrl: urlOf(timeout, subject),
    });
  return {
    payoutUrls: pair('payout-result', 'payout-timeout'),
    statusUrls: pair('status-result', 'status-timeout'),
    balanceUrls: pair('balance-result', 'balance-timeout')(0n),
  };
}

async function auditCheck({ audit, database }: Foundation): Promise<ProofCheck> {
  const { checkedCount, differing } = await audit.verify(database.executor);
  return {
    name: 'audit',
    ok: differing.length === 0,
    detail:
      differing.length === 0
        ? `${checkedCount} audit records are as they were written`
        : `changed since they were written: ${differing.join(', ')}`,
  };
}

function stepsOf(
  business: Omit<Business, 'steps'>,
  sweeps: BusinessSettings['sweeps'],
): EngineSteps {
  const { billing, collections, transfers, reconciliation, intake, outbox, idempotency, log } =
    business;
  return {
    sendPrompts: collections.sendPrompts,
    askAboutUnknowns: collections.askAboutUnknowns,
    workTransfers: transfers.work,
    replaySpool: async () => {
      await intake.replay();
      return 0;
    },
    cycles: {
      revenue: async () => {
        const expired = await billing.expire();
        const found = await collections.findUntold();
        await transfers.askBalances();
        await outbox.sweep();
        await idempotency.sweep();
        await reconciliation.sweep();
        return { expired, found };
      },
      'transfer-check': async (slotAt) => {
        const outcomes = await transfers.checkSweeps(
          slotAt === undefined ? undefined : railsDue(sweeps, slotAt),
        );
        return Object.fromEntries(
          [...outcomes].map(([rail, outcome]) => [
            rail,
            typeof outcome === 'string' ? outcome : outcome.id,
          ]),
        );
      },
      proof: async () => {
        const checks = await business.proof();
        const failed = checks.filter((check) => !check.ok);
        for (const check of failed) log.error({ check }, 'the books do not prove');
        return {
          checks: checks.length,
          failed: failed.map((check) => check.name),
          reconciled: await reconcileYesterday(business),
        };
      },
    },
  };
}

/** The day that has ended, as books, events and statement have it. */
async function reconcileYesterday(business: Omit<Business, 'steps'>) {
  const { clock, log, rails, reconciliation } = business;
  const date = businessDateOf(clock.now() - dayMs);
  const states: Record<string, string> = {};
  for (const rail of rails.keys()) {
    const day = await reconciliation.day(rail, date);
    states[rail] = day.state;
    const { length } = day.differences;
    if (day.state === 'differs') log.error({ rail, date, differences: length }, 'the day differs');
  }
  return { date, ...states };
}

/** The slots of the check are as short as the shortest interval; a rail is due at its own. */
function railsDue(sweeps: BusinessSettings['sweeps'], slotAt: EpochMs): ReadonlySet<RailId> {
  const shortestMs = Math.min(...[...sweeps.values()].map(({ checkEveryMs }) => checkEveryMs));
  const isDue = ({ checkEveryMs }: SweepSettings): boolean =>
    Math.floor(slotAt / checkEveryMs) !== Math.floor((slotAt - shortestMs) / checkEveryMs);
  return new Set([...sweeps].filter(([, settings]) => isDue(settings)).map(([rail]) => rail));
}
