import { createHmac } from 'node:crypto';

import { type BusinessDate, type RailId, type Secret } from '#kernel';
import { createBilling, type Billing } from '#billing';
import { createCollections, type Collections } from '#collections';
import { createEngineSwitch, type EngineSteps, type EngineSwitch } from '#engine';
import { createEvidence, type Evidence } from '#evidence';
import { createIntake, openSpool, type Intake, type Spool } from '#intake';
import {
  checkOf,
  createLedger,
  customerCredit,
  fees,
  ownerCapital,
  ownerDrawings,
  railCharges,
  railCollection,
  revenue,
  suspense,
  transferInFlight,
  type Ledger,
  type ProofCheck,
} from '#ledger';
import { createNotify, type Notify } from '#notify';
import type { CallbackChannel, CallbackUrls, Rail, WalletNames } from '#rails';
import { createReconciliation, type Reconciliation } from '#reconciliation';
import { type Keys } from '#security';
import { streams } from '#streams';
import { createWeather, type Weather } from '#weather';
import { createTargets, type DailyGoal, type DailyTargets, type PerKind } from '#targets';
import { createTransfers, type QuietHours, type SweepSettings, type Transfers } from '#transfers';

import type { Foundation } from './foundation.ts';
import { stepsOf } from './steps.ts';

/** What the owner decided and the contract with the providers says. */
export interface BusinessSettings {
  readonly goals: PerKind<DailyGoal>;
  readonly sweeps: ReadonlyMap<RailId, SweepSettings>;
  readonly combinedDailyCapMinor: bigint;
  /** When nothing is sent automatically; absent where any hour will do. */
  readonly quietHours?: QuietHours | undefined;
  /** Rails whose payout wallet is filled without being asked for; absent where none is. */
  readonly autoTopUps?: ReadonlySet<RailId>;
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
  readonly isListedSource: (rail: RailId, source: string) => boolean;
  readonly callbackUrl: CallbackUrlOf;
  readonly spoolFolder: string;
  /** What each rail's operator signs with: other credentials end a lock-out. */
  readonly credentials?: ReadonlyMap<RailId, Secret<string>>;
  /** The day on which each rail's operator got its password, where that is known. */
  readonly passwordsSetOn?: ReadonlyMap<RailId, BusinessDate>;
  /** Whom push services may write to about us; absent where nothing is known. */
  readonly pushContact?: string | undefined;
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
  readonly weather: Weather;
  readonly notify: Notify;
  /** Every statement about the books, the payments and the transfers. */
  proof(): Promise<readonly ProofCheck[]>;
}

/** Push services want an address; some refuse one that cannot be real. */
const nobodysContact = 'mailto:owner@example.com';
const spoolBytesMax = 256 * 1024 * 1024;

/** Watches the rails; every line below sees them watched, and no others. */
function watchRails(
  foundation: Foundation,
  rails: ReadonlyMap<RailId, Rail>,
  deps: { readonly settings: BusinessSettings; readonly exceptions: () => Collections },
) {
  const { credentials = new Map<RailId, Secret<string>>(), passwordsSetOn = new Map() } =
    deps.settings;
  const weather = createWeather({
    ...foundation,
    rails,
    log: foundation.log.child({ module: 'weather' }),
    troubles: {
      open: (tx, troubles) => deps.exceptions().openExceptions(tx, troubles),
      resolve: (tx, kind, subjects) => deps.exceptions().resolveExceptions(tx, { kind, subjects }),
    },
    credentialsMarks: new Map(
      [...credentials].map(([rail, secret]) => [rail, markOf(foundation.keys, secret)]),
    ),
    passwordsSetOn,
  });
  const watched = [...rails].map(([id, rail]): [RailId, Rail] => [id, weather.watch(rail)]);
  return { weather, rails: new Map(watched) };
}

/** Tells credentials apart, and tells nobody what they are. */
const markOf = (keys: Keys, secret: Secret<string>): string =>
  createHmac('sha256', keys.blindIndex)
    .update(`credentials|${secret.reveal()}`)
    .digest('hex')
    .slice(0, 32);

/** Puts the lines together, upper ones first. Rails come ready-made: tests script them. */
export async function assemble(
  foundation: Foundation,
  bareRails: ReadonlyMap<RailId, Rail>,
  settings: BusinessSettings,
): Promise<Business> {
  const { log } = foundation;
  const exceptions = (): Collections => collections;
  const { weather, rails } = watchRails(foundation, bareRails, { settings, exceptions });
  const parts = { ...foundation, rails, weather };
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
    requestRefund: (tx, order) => transfers.requestRefund(tx, order),
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
    quietHours: settings.quietHours,
    autoTopUps: settings.autoTopUps ?? new Set(),
    earnedOn: targets.earnedOn,
    walletNames: settings.walletNames,
    openTroubles: collections.openExceptions,
    closeTroubles: collections.resolveExceptions,
    onRefundEnd: collections.refundEnded,
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
  const contact = settings.pushContact ?? nobodysContact;
  const notify = createNotify({ ...parts, targets, contact });
  const proof = async (): Promise<readonly ProofCheck[]> => [
    ...(await ledger.checks()),
    ...(await collections.checks()),
    ...(await transfers.checks()),
    await evidenceCheck(foundation, evidence),
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
    notify,
    proof,
  };
  return { ...business, steps: stepsOf(business, settings.sweeps) };
}

const chartOf = (rails: ReadonlyMap<RailId, Rail>) => [
  ...[...rails.keys()].flatMap((rail) =>
    [
      railCollection,
      railCharges,
      fees,
      suspense,
      customerCredit,
      transferInFlight,
      ownerDrawings,
      ownerCapital,
    ].map((account) => account(rail)),
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
    refundUrls: pair('refund-result', 'refund-timeout'),
    topUpUrls: pair('top-up-result', 'top-up-timeout'),
    statusUrls: pair('status-result', 'status-timeout'),
    balanceUrls: pair('balance-result', 'balance-timeout')(0n),
  };
}

async function evidenceCheck({ database }: Foundation, evidence: Evidence): Promise<ProofCheck> {
  const { readCount, lost } = await evidence.verify(database.executor);
  return checkOf(
    'callbacks',
    lost.map((id) => `what callback ${id} said cannot be read`),
    `every callback has its words, and those of the newest ${readCount} can be read`,
  );
}

async function auditCheck({ audit, database }: Foundation): Promise<ProofCheck> {
  const { checkedCount, differing } = await audit.verify(database.executor);
  return checkOf(
    'audit',
    differing.length === 0 ? [] : [`changed since they were written: ${differing.join(', ')}`],
    `${checkedCount} audit records are as they were written`,
  );
}
