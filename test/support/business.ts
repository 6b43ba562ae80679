import { randomBytes } from 'node:crypto';
import { join } from 'node:path';

import { Client } from 'pg';

import {
  createPrng,
  createVirtualClock,
  invariant,
  railIds,
  Secret,
  shillings,
  type BusinessDate,
  type EpochMs,
  type Msisdn,
  type RailId,
  type VirtualClock,
} from '#kernel';
import type { Actor } from '#audit';
import type { Charge, ChargeOrder } from '#billing';
import type { Receipt } from '#intake';
import { createDatabase, migrate, sql, type Database } from '#platform/db';
import { silentLog } from '#platform/log';
import type { CallbackChannel, RailCapabilities, RailEvent, WalletNames } from '#rails';
import { deriveKeys } from '#security';
import type { QuietHours, SweepSettings } from '#transfers';

import { layFoundation } from '../../src/foundation.ts';
import { assemble, type Business, type BusinessSettings } from '../../src/wiring.ts';
import { breakable, type Fault } from './breakable-database.ts';
import { createTestDatabases } from './postgres.ts';
import { createScratch } from './scratch.ts';
import { bodyOf, createScriptedRail, type ScriptedRail } from './scripted-rail.ts';

/** 12:00 in Nairobi on a Wednesday. */
export const noonAt: EpochMs = Date.parse('2026-11-25T09:00:00Z');
export const owner: Actor = { kind: 'engine', part: 'test' };
export const phone = '0712345678';
export const payoutNumber = '254700000001' as Msisdn;

/** One engine process. */
export interface Engine {
  readonly business: Business;
  readonly fault: Fault;
  /** Hands in a callback on the address made for `subject`, or on a forged one. */
  deliver(
    channel: CallbackChannel,
    subject: bigint | 'forged',
    body: RailEvent | Buffer,
  ): Promise<Receipt>;
  /** The same from an address that is not on the provider's list. */
  readonly deliverUnlisted: Engine['deliver'];
}

export interface TestBusiness extends Engine {
  readonly clock: VirtualClock;
  readonly mpesa: ScriptedRail;
  readonly airtel: ScriptedRail;
  /** Another engine process on the same database, rails and spool folder, settings changed. */
  neighbour(changed?: BusinessOptions): Promise<Engine>;
  charge(order?: Partial<ChargeOrder>): Promise<Charge>;
  /** A charge whose phone has been prompted. */
  prompted(order?: Partial<ChargeOrder>): Promise<Prompted>;
  /** Money on M-Pesa's books, as if paid by hand. */
  earn(amountMinor: bigint): Promise<void>;
  rows<Row>(text: string): Promise<readonly Row[]>;
  countOf(table: string): Promise<number>;
  /** Kinds of the exceptions in that state, newest first. */
  exceptions(state?: 'open' | 'resolved'): Promise<readonly string[]>;
  /** Runs one statement with triggers off, as somebody with the database in hand would. */
  corrupt(text: string): Promise<void>;
  /** Cuts every connection and refuses new ones. */
  takeDatabaseAway(): Promise<void>;
  bringDatabaseBack(): Promise<void>;
  readonly spoolFolder: string;
  /** Proof checks that do not hold. */
  failedChecks(): Promise<readonly string[]>;
  close(): Promise<void>;
  /** Closes, and throws when the books do not prove. */
  closeProved(): Promise<void>;
}

export interface Prompted {
  readonly charge: Charge;
  readonly promptId: bigint;
  readonly ownId: string;
  readonly requestId: string;
}

export interface BusinessOptions {
  readonly sweeps?: Partial<Record<RailId, Partial<SweepSettings>>>;
  readonly capabilities?: Partial<RailCapabilities>;
  readonly payoutFeeMinor?: bigint;
  readonly combinedDailyCapMinor?: bigint;
  /** Of each engine; a transaction that waits for a second one stands still with one. */
  readonly connectionsMax?: number;
  readonly credentials?: Partial<Record<RailId, string>>;
  readonly passwordsSetOn?: Partial<Record<RailId, BusinessDate>>;
  readonly mode?: 'sandbox' | 'live';
  readonly quietHours?: QuietHours;
  readonly autoTopUps?: ReadonlySet<RailId>;
  /** M-Pesa's. */
  readonly wallets?: WalletNames;
}

export const paybillWallets: WalletNames = {
  collection: 'Utility Account',
  payout: 'Utility Account',
};
export const tillWallets: WalletNames = { ...paybillWallets, collection: 'Merchant Account' };

const sweepOff: SweepSettings = {
  dailyCapMinor: 0n,
  triggerMinor: 0n,
  reserveMinor: 0n,
  checkEveryMs: 3_600_000,
  payoutNumber,
};
const goal = { targetMinor: shillings(10_000), minimumMinor: shillings(5_000) };

const settingsFor = (
  options: BusinessOptions,
  deps: Pick<BusinessSettings, 'callbackUrl' | 'spoolFolder'>,
): BusinessSettings => ({
  goals: { mpesa: goal, airtel: goal, combined: goal },
  sweeps: new Map(railIds.map((rail) => [rail, { ...sweepOff, ...options.sweeps?.[rail] }])),
  combinedDailyCapMinor: options.combinedDailyCapMinor ?? shillings(1_000_000),
  quietHours: options.quietHours,
  autoTopUps: options.autoTopUps ?? new Set(),
  shortCodes: new Map([['mpesa', ['600111', '600222']]]),
  walletNames: new Map([['mpesa', options.wallets ?? paybillWallets]]),
  isListedSource: (_, source) => source !== 'unlisted',
  credentials: perRail(options.credentials, (text) => new Secret(text)),
  passwordsSetOn: perRail(options.passwordsSetOn, (setOn) => setOn),
  ...deps,
});

function perRail<Given, Made>(
  given: Partial<Record<RailId, Given>> | undefined,
  make: (value: Given) => Made,
): ReadonlyMap<RailId, Made> {
  return new Map(
    railIds.flatMap((rail): (readonly [RailId, Made])[] => {
      const value = given?.[rail];
      return value === undefined ? [] : [[rail, make(value)]];
    }),
  );
}

async function migratedDatabase() {
  const databases = await createTestDatabases();
  await databases.template('migrated', async (connectionString) => {
    const database = createDatabase({ connectionString });
    await migrate(database);
    await database.close();
  });
  return databases.createDatabase({ template: 'migrated' });
}

/** Chance that a test may rely on; nonces, drawn in stock, differ between engines all the same. */
function createRandom(seed: number): (count: number) => Buffer {
  const prng = createPrng(seed);
  return (count) =>
    count > 1_000
      ? randomBytes(count)
      : Buffer.from(Array.from({ length: count }, () => prng.between(0, 255)));
}

interface EngineParts {
  readonly database: Database;
  readonly clock: VirtualClock;
  readonly rails: Business['rails'];
  readonly spoolFolder: string;
  readonly options: BusinessOptions;
  readonly seed: number;
}

async function startEngine(parts: EngineParts): Promise<Engine> {
  const { database, fault } = breakable(parts.database);
  const keys = deriveKeys(new Secret('0123456789abcdef'.repeat(3) + 'x'));
  invariant(keys.ok, 'the secret is long and not a mere repeat');
  const foundation = await layFoundation({
    database,
    clock: parts.clock,
    log: silentLog,
    random: createRandom(parts.seed),
    keys: keys.value,
    mode: parts.options.mode ?? 'sandbox',
    businessName: 'Duka',
  });
  const { tokens } = foundation;
  const callbackUrl: BusinessSettings['callbackUrl'] = (channel, subject) =>
    `http://127.0.0.1/hooks/${channel}/${tokens.tokenFor({ channel, subject })}`;
  const settings = settingsFor(parts.options, { callbackUrl, spoolFolder: parts.spoolFolder });
  const business = await assemble(foundation, parts.rails, settings);
  const deliverFrom =
    (source: string): Engine['deliver'] =>
    (channel, subject, body) =>
      business.intake.receive({
        channel,
        token: subject === 'forged' ? 'f'.repeat(48) : tokens.tokenFor({ channel, subject }),
        body: Buffer.isBuffer(body) ? body : bodyOf(body),
        source,
      });
  return {
    business,
    fault,
    deliver: deliverFrom('196.201.214.200'),
    deliverUnlisted: deliverFrom('unlisted'),
  };
}

const newCharge = async (
  { business }: Engine,
  clock: VirtualClock,
  order: Partial<ChargeOrder>,
): Promise<Charge> => {
  const made = await business.billing.charge({
    streamId: 'ai-services',
    amountMinor: shillings(500),
    phone,
    consent: { basis: 'payer-act', givenAt: clock.now() },
    createdBy: owner,
    ...order,
  });
  invariant(made.ok, 'the charge is made');
  return made.value;
};

/** A business on a database of its own, a clock that stands still, and rails that obey the test. */
export async function openBusiness(options: BusinessOptions = {}): Promise<TestBusiness> {
  const own = await migratedDatabase();
  const scratch = await createScratch();
  const spoolFolder = join(scratch.path, 'spool');
  const clock = createVirtualClock(noonAt);
  const mpesa = createScriptedRail('mpesa', options.capabilities);
  const airtel = createScriptedRail('airtel', options.capabilities);
  for (const { script } of [mpesa, airtel]) {
    script.fee = ({ about }) => (about === 'payout' ? options.payoutFeeMinor : undefined);
  }
  const rails: Business['rails'] = new Map([
    ['mpesa', mpesa.rail],
    ['airtel', airtel.rail],
  ]);
  const connect = (connectionsMax = 10): Database =>
    createDatabase({
      connectionString: own.connectionString,
      connectionsMax,
      onLost: () => undefined,
    });
  // Reads what the engines wrote, whatever befalls their connections.
  const observer = connect();
  const opened = [observer];

  const start = async (changed: BusinessOptions = {}): Promise<Engine> => {
    const database = connect(options.connectionsMax);
    opened.push(database);
    const parts = { database, clock, rails, spoolFolder, seed: opened.length };
    return startEngine({ ...parts, options: { ...options, ...changed } });
  };
  const admin = async (text: string): Promise<void> => {
    const connectionString = own.connectionString.replace(`/${own.name}?`, '/postgres?');
    const client = new Client({ connectionString });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  const rows = async <Row>(text: string): Promise<readonly Row[]> =>
    (await sql.raw<Row>(text).execute(observer.executor)).rows;

  const first = await start();
  const { business } = first;
  const charge: TestBusiness['charge'] = (order = {}) => newCharge(first, clock, order);
  let earned = 0;
  const failedChecks = async (): Promise<readonly string[]> => {
    const checks = await business.proof();
    return checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  };
  const close = async (): Promise<void> => {
    await business.spool.close();
    for (const database of opened) await database.close();
    await own.drop();
    await scratch.remove();
  };

  return {
    ...first,
    clock,
    mpesa,
    airtel,
    spoolFolder,
    neighbour: start,
    charge,
    rows,
    countOf: async (table) =>
      Number((await rows<{ count: bigint }>(`select count(*) as count from ${table}`))[0]?.count),
    exceptions: async (state = 'open') => {
      const page = { before: undefined, limit: 50, state };
      return (await business.collections.exceptions(page)).map(({ kind }) => kind);
    },
    prompted: async (order) => {
      const made = await charge(order);
      await business.collections.sendPrompts();
      const [prompt] = await business.collections.promptsOf(made.id);
      invariant(prompt !== undefined, 'the charge was prompted for');
      const { ownId, providerRequestId: requestId = '' } = prompt;
      const [row] = await rows<{ id: bigint }>(`select id from prompt where own_id = '${ownId}'`);
      return { charge: made, promptId: row?.id ?? 0n, ownId, requestId };
    },
    earn: async (amountMinor) => {
      earned += 1;
      await first.deliver('paybill-confirmation', 0n, {
        kind: 'payer-payment',
        receipt: `EARN${earned}`,
        amountMinor,
        shortCode: '600111',
        accountReference: 'AI',
        payer: undefined,
        payerName: undefined,
        occurredAt: clock.now(),
      });
    },
    corrupt: (text) =>
      observer.transaction(async (tx) => {
        await sql.raw('set local session_replication_role = replica').execute(tx);
        await sql.raw(text).execute(tx);
      }),
    takeDatabaseAway: async () => {
      await admin(`alter database ${own.name} with allow_connections false`);
      await admin(
        `select pg_terminate_backend(pid, 5000) from pg_stat_activity
         where datname = '${own.name}'`,
      );
    },
    bringDatabaseBack: () => admin(`alter database ${own.name} with allow_connections true`),
    failedChecks,
    close,
    closeProved: async () => {
      const failed = await failedChecks();
      await close();
      if (failed.length > 0) throw new Error(`the books do not prove: ${failed.join('; ')}`);
    },
  };
}
