import { randomBytes } from 'node:crypto';

import {
  createPrng,
  railIds,
  Secret,
  shillings,
  type Clock,
  type RailId,
  type VirtualClock,
} from '#kernel';
import { createApi, type Api } from '#api';
import { startWorker, type Worker } from '#engine';
import { createDatabase } from '#platform/db';
import type { Log } from '#platform/log';
import type { Rail } from '#rails';
import { airtelKenya, createAirtelRail } from '#rails/airtel';
import { createMpesaRail } from '#rails/mpesa';
import {
  createCallbackTokens,
  createLocalAccess,
  createSessions,
  createTokenKeeper,
  type Keys,
} from '#security';
import { layFoundation, type Foundation } from '../../src/foundation.ts';
import {
  assemble,
  type Business,
  type BusinessSettings,
  type CallbackUrlOf,
} from '../../src/wiring.ts';
import { roomyMachine } from '../support/roomy-machine.ts';
import { connectionsOf, type Ground } from './connections.ts';
import { clockOf, type MortalLife } from './life.ts';
import { lineTo } from './line.ts';
import type { Lookout } from './look.ts';
import { createPatience, type Patience } from './patience.ts';
import type { Plant } from './plants.ts';
import * as site from './providers.ts';
import type { Providers } from './providers.ts';
import type { Turnstile } from './turnstile.ts';

export const hookHost = 'http://127.0.0.1:8750';
/** Where real callbacks come from, and nothing else. */
export const providerAddress = '196.201.214.200';
export const ownerPhones: Readonly<Record<RailId, ReturnType<typeof site.phoneOn>>> = {
  mpesa: site.phoneOn('mpesa', 900_001),
  airtel: site.phoneOn('airtel', 900_001),
};

/** What all processes of the engine have in common. */
export interface Grounds {
  readonly connectionString: string;
  readonly keys: Keys;
  readonly masterKeyHash: string;
  readonly clock: VirtualClock;
  readonly turnstile: Turnstile;
  readonly ground: Ground;
  readonly lookout: Lookout;
  readonly providers: Providers;
  readonly spoolFolder: string;
  readonly plant: Plant;
  readonly log: Log;
}

/** A running process of the engine: the real parts, put together as the real start does. */
export interface EngineProcess {
  readonly life: MortalLife;
  readonly business: Business;
  readonly api: Api;
  readonly worker: Worker;
  readonly patience: Patience;
}

const goal = { targetMinor: shillings(10_000), minimumMinor: shillings(5_000) };
const startedBy = (seed: number) => {
  const prng = createPrng(seed);
  return (count: number): Buffer =>
    count > 1_000
      ? randomBytes(count)
      : Buffer.from(Array.from({ length: count }, () => prng.between(0, 255)));
};

export const callbackUrlFor = (keys: Keys): CallbackUrlOf => {
  const tokens = createCallbackTokens({ keys });
  return (channel, subject) =>
    `${hookHost}/hooks/${channel}/${tokens.tokenFor({ channel, subject })}`;
};

const sweep = (rail: RailId) => ({
  dailyCapMinor: shillings(rail === 'mpesa' ? 5_000 : 4_000),
  triggerMinor: shillings(rail === 'mpesa' ? 8_000 : 6_000),
  reserveMinor: 0n,
  checkEveryMs: 60 * 60 * 1000,
  payoutNumber: ownerPhones[rail],
});

const settingsFor = ({ keys, spoolFolder, plant }: Grounds): BusinessSettings => ({
  goals: { mpesa: goal, airtel: goal, combined: goal },
  sweeps: new Map(railIds.map((rail) => [rail, sweep(rail)])),
  combinedDailyCapMinor: shillings(20_000),
  shortCodes: new Map([['mpesa', [site.shortCode]]]),
  walletNames: new Map([
    ['mpesa', { collection: 'Utility Account', payout: 'Utility Account' }],
    ['airtel', { collection: 'wallet', payout: 'wallet' }],
  ]),
  isListedSource:
    plant.isListedSource ?? ((rail, source) => rail !== 'mpesa' || source === providerAddress),
  callbackUrl: callbackUrlFor(keys),
  spoolFolder,
});

interface RailParts {
  readonly grounds: Grounds;
  readonly foundation: Foundation;
  readonly clock: Clock;
  readonly life: MortalLife;
}

function railsOf({ grounds, foundation, clock, life }: RailParts): ReadonlyMap<RailId, Rail> {
  const { providers, turnstile, plant, keys } = grounds;
  const line = (rail: RailId) =>
    lineTo({ app: providers.byRail[rail].app, clock, life, turnstile });
  const { random } = foundation;
  const common = { tokens: createTokenKeeper(foundation), clock, random };
  const mpesa = createMpesaRail({
    ...common,
    line: line('mpesa'),
    config: {
      baseUrl: 'http://127.0.0.1:1',
      consumerKey: new Secret(site.consumerKey),
      consumerSecret: new Secret(site.consumerSecret),
      shortCode: site.shortCode,
      transactionType: 'CustomerPayBillOnline',
      passkey: new Secret(site.passkey),
      initiatorName: site.initiatorName,
      initiatorPassword: new Secret(site.initiatorPassword),
      securityKeyPem: providers.securityKeyPem,
      payoutVersion: 'v3',
      payoutCommand: 'BusinessPayment',
      notificationVersion: 'v2',
      responseType: 'Completed',
      nominatedNumber: '254722000000',
      pullCallbackUrl: callbackUrlFor(keys)('paybill-confirmation', 0n),
    },
  });
  const airtel = createAirtelRail({
    ...common,
    line: line('airtel'),
    config: {
      ...airtelKenya,
      baseUrl: 'http://127.0.0.1:1',
      clientId: new Secret(site.airtelClientId),
      clientSecret: new Secret(site.airtelClientSecret),
      pin: { kind: 'plain', pin: new Secret(site.airtelPin) },
      callbackHashKey: new Secret(site.airtelHashKey),
    },
  });
  return new Map([
    ['mpesa', plant.rail?.(mpesa) ?? mpesa],
    ['airtel', plant.rail?.(airtel) ?? airtel],
  ]);
}

/** Steps that the lookout knows to have nothing to do are not taken. */
function stepsOf(grounds: Grounds, life: MortalLife, { steps }: Business): Business['steps'] {
  const { lookout, clock, turnstile } = grounds;
  const when =
    (at: 'promptsAt' | 'inquiriesAt' | 'transfersAt', step: () => Promise<number>) => async () =>
      !lookout.isStale && lookout.latest[at] > clock.now() ? 0 : step();
  return {
    ...steps,
    sendPrompts: when('promptsAt', steps.sendPrompts),
    askAboutUnknowns: when('inquiriesAt', steps.askAboutUnknowns),
    workTransfers: when('transfersAt', steps.workTransfers),
    replaySpool: () => turnstile.track(steps.replaySpool(), life),
  };
}

async function openApi(parts: {
  readonly grounds: Grounds;
  readonly business: Business;
  readonly worker: Worker;
  readonly clock: Clock;
}): Promise<Api> {
  const { grounds, business, worker, clock } = parts;
  const { keys, masterKeyHash } = grounds;
  const recordAudit = business.audit.record;
  return createApi({
    ...business,
    clock,
    mode: 'sandbox',
    businessName: 'Duka',
    version: '0.0.0',
    startedAt: clock.now(),
    trustedProxies: [],
    callbackTokens: business.tokens,
    payTo: new Map([['mpesa', { kind: 'paybill', number: site.shortCode }]]),
    sessions: createSessions({ ...business, masterKeyHash, recordAudit }),
    localAccess: createLocalAccess({ keys, random: business.random }),
    relay: { subscribe: () => () => undefined },
    ping: business.database.ping,
    nudge: worker.nudge,
    surroundings: roomyMachine,
  });
}

/** Starts a process as `src/run.ts` does. It may be killed at any step of this, too. */
export async function startProcess(
  grounds: Grounds,
  {
    life,
    seed,
    onConnected,
    onOpened,
  }: {
    readonly life: MortalLife;
    readonly seed: number;
    readonly onConnected: (pid: number) => void;
    /** Told how to let go of the files it has opened. */
    readonly onOpened: (close: () => Promise<void>) => void;
  },
): Promise<EngineProcess> {
  const { turnstile, ground, plant } = grounds;
  const clock = clockOf(grounds.clock, life);
  const database = createDatabase({
    connectionString: grounds.connectionString,
    onLost: () => undefined,
    through: connectionsOf({ life, turnstile, ground, onConnected }),
  });
  const laid = await layFoundation({
    database,
    clock,
    log: grounds.log,
    random: startedBy(seed),
    keys: grounds.keys,
    mode: 'sandbox',
    businessName: 'Duka',
  });
  const foundation = plant.foundation?.(laid) ?? laid;
  const rails = railsOf({ grounds, foundation, clock, life });
  const opening = assemble(foundation, rails, settingsFor(grounds));
  const assembled = await turnstile.track(opening, life);
  onOpened(assembled.spool.close);
  const business = plant.business?.(assembled) ?? assembled;
  const patience = createPatience(clock, life);
  const worker = startWorker({
    ...business,
    clock: patience.clock,
    steps: stepsOf(grounds, life, business),
  });
  const api = await turnstile.track(openApi({ grounds, business, worker, clock }), life);
  const url = callbackUrlFor(grounds.keys);
  for (const rail of rails.values()) {
    await rail.payerNotifications?.register({
      confirmationUrl: url('paybill-confirmation', 0n),
      validationUrl: url('paybill-validation', 0n),
    });
  }
  return { life, business, api, worker, patience };
}
