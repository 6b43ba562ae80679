import { createHash, randomBytes } from 'node:crypto';

import {
  createVirtualClock,
  invariant,
  parseMsisdn,
  Secret,
  shillings,
  type Msisdn,
  type RailId,
  type VirtualClock,
} from '#kernel';
import { createDatabase, type DatabaseOptions } from '#platform/db';
import { silentLog } from '#platform/log';
import type { CallbackChannel, Rail, RailEvent, WalletNames } from '#rails';
import { deriveKeys, type Keys } from '#security';

import { layFoundation } from '../../src/foundation.ts';
import { assemble, type Business } from '../../src/wiring.ts';
import { createMigratedDatabase, foundationStartAt } from './foundation.ts';
import { createScratch } from './scratch.ts';
import { readScriptedStatement } from './scripted-statement.ts';

/** The whole business on a database of its own, with rails that reach nobody. */
export interface TestBusiness {
  readonly business: Business;
  readonly clock: VirtualClock;
  readonly keys: Keys;
  readonly shortCode: string;
  readonly connectionString: string;
  close(): Promise<void>;
}

const shortCode = '600100';

const channelsOf: Record<RailId, readonly CallbackChannel[]> = {
  mpesa: ['stk-result', 'paybill-confirmation', 'payout-result', 'payout-timeout'],
  airtel: ['airtel-result'],
};

/** Accepts whatever is sent, knows nothing of it later, and reads callbacks as events in JSON. */
export const createSilentRail = (id: RailId): Rail => ({
  id,
  capabilities: {
    promptMinor: { min: shillings(1), max: shillings(250_000) },
    payoutMinor: { min: shillings(10), max: shillings(250_000) },
    payoutDailyMaxMinor: shillings(500_000),
    referenceLengthMax: 12,
    descriptionLengthMax: 13,
    promptQueryAfterMs: [60_000],
    payoutQueryAfterMs: [60_000],
    notFoundFinalAfterMs: 600_000,
    payoutIdsGuarded: true,
    queryNamesReceipt: false,
    channels: channelsOf[id],
  },
  sendPrompt: ({ ownId }) =>
    Promise.resolve({ kind: 'accepted', providerRequestId: `req-${ownId}` }),
  queryPrompt: () => Promise.resolve({ kind: 'pending' }),
  sendPayout: ({ ownId }) =>
    Promise.resolve({ kind: 'accepted', providerRequestId: `req-${ownId}` }),
  queryPayout: () => Promise.resolve({ kind: 'pending' }),
  queryBalance: () => Promise.resolve({ kind: 'asked' }),
  listPayments: () => Promise.resolve({ kind: 'listed', payments: [] }),
  readStatement: (table) => readScriptedStatement(id, table),
  readCallback: ({ body }) => {
    try {
      return { kind: 'event', event: parseEvent(body.toString('utf8')) };
    } catch {
      return { kind: 'unreadable', why: 'not JSON' };
    }
  },
  acknowledge: () => ({ statusCode: 200, body: '{"ResultCode":0,"ResultDesc":"Accepted"}' }),
});

/** Amounts are written as decimal strings, for JSON knows no bigint. */
const parseEvent = (text: string): RailEvent =>
  JSON.parse(text, (name, value: unknown) =>
    name === 'amountMinor' ? BigInt(String(value)) : value,
  ) as RailEvent;

const phone = (text: string): Msisdn => {
  const parsed = parseMsisdn(text);
  invariant(parsed.ok, 'a test phone is a phone');
  return parsed.value;
};

export interface SilentOptions extends Pick<DatabaseOptions, 'through'> {
  /** Without any, no report of a wallet says what lies in it. */
  readonly walletNames?: ReadonlyMap<RailId, WalletNames>;
}

export async function createTestBusiness({
  walletNames = new Map(),
  ...connections
}: SilentOptions = {}): Promise<TestBusiness> {
  const own = await createMigratedDatabase();
  const scratch = await createScratch();
  const clock = createVirtualClock(foundationStartAt);
  const database = createDatabase({
    ...connections,
    connectionString: own.connectionString,
    onLost: () => undefined,
  });
  const keys = deriveKeys(new Secret(createHash('sha256').update('business').digest('hex')));
  invariant(keys.ok, 'a SHA-256 looks random enough');
  const foundation = await layFoundation({
    database,
    clock,
    log: silentLog,
    random: randomBytes,
    keys: keys.value,
    mode: 'sandbox',
    businessName: 'Duka la Mama',
  });
  const rails = new Map<RailId, Rail>([
    ['mpesa', createSilentRail('mpesa')],
    ['airtel', createSilentRail('airtel')],
  ]);
  const goal = (target: number) => ({
    targetMinor: shillings(target),
    minimumMinor: shillings((target * 8) / 10),
  });
  const sweep = (payoutNumber: Msisdn) => ({
    dailyCapMinor: shillings(2_000),
    triggerMinor: shillings(5_000),
    reserveMinor: shillings(500),
    checkEveryMs: 3_600_000,
    payoutNumber,
  });
  const business = await assemble(foundation, rails, {
    goals: { mpesa: goal(10_000), airtel: goal(10_000), combined: goal(20_000) },
    sweeps: new Map([
      ['mpesa', sweep(phone('0712000001'))],
      ['airtel', sweep(phone('0733000001'))],
    ]),
    combinedDailyCapMinor: shillings(4_000),
    shortCodes: new Map([['mpesa', [shortCode]]]),
    walletNames,
    isListedSource: () => true,
    callbackUrl: (channel, subject) =>
      `https://duka.example/hooks/${channel}/${foundation.tokens.tokenFor({ channel, subject })}`,
    spoolFolder: scratch.path,
  });
  return {
    business,
    clock,
    keys: keys.value,
    shortCode,
    connectionString: own.connectionString,
    close: async () => {
      await business.spool.close();
      await database.close();
      await own.drop();
      await scratch.remove();
    },
  };
}
