import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Clock,
  createPrng,
  createVirtualClock,
  type EpochMs,
  type VirtualClock,
} from '#kernel';
import { parseConfig } from './config.ts';
import type { Knobs } from './knobs.ts';
import { passwordFor } from './prompt-wire.ts';
import { createMpesaSimulator, type MpesaSimulator } from './simulator.ts';
import { openStore, type Store } from './store.ts';
import type { OutboundReply, OutboundRequest } from './transport.ts';

export const testShortCode = '600100';
export const testTill = '765432';
export const payerMsisdn = '254712345678';
/** 23 November 2026, 08:00 in Nairobi. */
export const testStartAt: EpochMs = 1_795_410_000_000;

export interface Received {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly at: EpochMs;
}
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly simulator: MpesaSimulator;
  /** Every callback that arrived, oldest first. */
  readonly received: Received[];
  api(path: string, body: unknown, options?: { token?: string; type?: string }): Promise<Answer>;
  raw(method: 'GET' | 'POST' | 'PUT', path: string, headers?: object): Promise<Answer>;
  admin(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer>;
  knobs(change: Partial<Knobs>): Promise<void>;
  token(): Promise<string>;
  addPhone(options?: { msisdn?: string; balance?: number; onPrompt?: string }): Promise<void>;
  balance(msisdn?: string): Promise<string>;
  credential(password?: string): string;
  /** Moves time and lets everything that came of it finish. */
  advance(byMs: number): Promise<void>;
  /** As after a killed process: nothing is told to stop, the same folder is opened again. */
  crashAndRestart(awayMs?: number): Promise<Rig>;
  close(): Promise<void>;
}

export interface RigOptions {
  readonly profile?: 'sandbox' | 'production';
  readonly knobs?: Partial<Knobs>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly answer?: (request: OutboundRequest) => OutboundReply | Promise<OutboundReply>;
  readonly seed?: number;
}

const tokenRefreshMs = 3_000_000;

const parse = (text: string): Record<string, unknown> => {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** Lets promises and streams that are under way settle; no time passes. */
export async function settle(turns = 5): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

let sharedKey: string | Buffer | undefined;

/** Making a key takes longer than most tests do: they share one. */
function newFolder(): string {
  sharedKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const folder = mkdtempSync(join(tmpdir(), 'mpesa-simulator-'));
  writeFileSync(join(folder, 'private-key.pem'), sharedKey, { mode: 0o600 });
  return folder;
}

export async function createRig(options: RigOptions = {}): Promise<Rig> {
  const folder = newFolder();
  return rigOn({ folder, clock: createVirtualClock(testStartAt), received: [], ...options });
}

/** A process's own view of time: when the process dies, its timers die with it. */
function createMortalClock(clock: VirtualClock): { clock: Clock; kill: () => void } {
  let isAlive = true;
  const whileAlive = (task: () => void) => () => {
    if (isAlive) task();
  };
  return {
    clock: { ...clock, after: (delayMs, task) => clock.after(delayMs, whileAlive(task)) },
    kill: () => {
      isAlive = false;
    },
  };
}

type Setup = RigOptions & { folder: string; clock: VirtualClock; received: Received[] };

async function rigOn(setup: Setup): Promise<Rig> {
  const { folder, clock, received, answer } = setup;
  const config = parseConfig({
    port: 0,
    stateDir: folder,
    seed: setup.seed ?? 7,
    consumerKey: 'key',
    consumerSecret: 'secret',
    shortCode: testShortCode,
    tillNumber: testTill,
    passkey: 'passkey',
    initiatorName: 'apiuser',
    initiatorPassword: 'Str0ng#pass',
    profile: setup.profile ?? 'sandbox',
    // Quiet unless the test is about noise.
    knobs: { queryNoise: 0, refuseRepeats: false, ...setup.knobs },
    ...setup.settings,
  });
  if (!config.ok) throw new Error(config.error);
  const store = openStore(folder);
  const life = createMortalClock(clock);
  const simulator = createMpesaSimulator({
    config: config.value,
    clock: life.clock,
    prng: createPrng(config.value.seed),
    store,
    post: async (request) => {
      const { pathname } = new URL(request.url);
      const { url, headers, body } = request;
      received.push({ url, path: pathname, headers, text: body, at: clock.now() });
      return (await answer?.(request)) ?? { status: 200, body: '{"ResultCode":0}' };
    },
  });
  await simulator.app.ready();
  simulator.start();
  const kill = (): void => {
    life.kill();
    store.close();
  };
  return rigAround(setup, { simulator, store, kill });
}

/** The two doors of one simulator, with a token kept fresh. */
function createCalls(simulator: MpesaSimulator, clock: VirtualClock) {
  let cached: { token: string; at: EpochMs } | undefined;
  const ask = async (options: {
    method: 'GET' | 'POST' | 'PUT' | 'DELETE';
    url: string;
    headers?: Record<string, string>;
    payload?: string;
  }): Promise<Answer> => {
    const reply = await simulator.app.inject(options);
    return { status: reply.statusCode, text: reply.payload, body: parse(reply.payload) };
  };
  const admin: Rig['admin'] = (method, path, body) =>
    ask({
      method,
      url: `/sim${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
  const token = async (): Promise<string> => {
    const authorization = `Basic ${Buffer.from('key:secret').toString('base64')}`;
    const url = '/oauth/v1/generate?grant_type=client_credentials';
    const { body } = await ask({ method: 'GET', url, headers: { authorization } });
    return String(body['access_token']);
  };
  const api: Rig['api'] = async (path, body, { token: given, type = 'application/json' } = {}) => {
    const isStale = cached === undefined || clock.now() - cached.at > tokenRefreshMs;
    const fresh = given === undefined && isStale ? await token() : 'undefined';
    if (fresh !== 'undefined') cached = { token: fresh, at: clock.now() };
    const bearer = given ?? cached?.token ?? '';
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': type };
    const payload = typeof body === 'string' ? body : JSON.stringify(body);
    return ask({ method: 'POST', url: path, headers, payload });
  };
  return { admin, ask, token, api };
}

function rigAround(
  setup: Setup,
  { simulator, store, kill }: { simulator: MpesaSimulator; store: Store; kill: () => void },
): Rig {
  const { folder, clock, received } = setup;
  const { admin, ask, token, api } = createCalls(simulator, clock);
  const rig: Rig = {
    clock,
    store,
    simulator,
    received,
    admin,
    token,
    api,
    raw: (method, url, headers = {}) => ask({ method, url, headers: { ...headers } }),
    knobs: async (change) => {
      const { status, text } = await admin('PUT', '/knobs', change);
      if (status !== 200) throw new Error(text);
    },
    addPhone: async ({ msisdn = payerMsisdn, balance = 10_000, onPrompt = 'ask' } = {}) => {
      const script = { onPrompt, afterMs: 1000 };
      const phone = { msisdn, name: 'Jane Wanjiru Otieno', balance, script };
      const { status, text } = await admin('POST', '/phones', phone);
      if (status !== 200) throw new Error(text);
    },
    balance: async (msisdn = payerMsisdn) =>
      String((await admin('GET', `/phones/${msisdn}`)).body['balance']),
    credential: (password = 'Str0ng#pass') =>
      publicEncrypt(
        {
          key: readFileSync(simulator.certificatePath),
          padding: constants.RSA_PKCS1_PADDING,
        },
        Buffer.from(password),
      ).toString('base64'),
    advance: async (byMs) => {
      await clock.advance(byMs);
      await settle();
    },
    crashAndRestart: async (awayMs = 0) => {
      await settle();
      kill();
      await clock.advance(awayMs);
      return rigOn(setup);
    },
    close: async () => {
      await simulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}

const timestamp = '20261123080000';
const proof = () => ({
  BusinessShortCode: testShortCode,
  Password: passwordFor({ shortCode: testShortCode, passkey: 'passkey', timestamp }),
  Timestamp: timestamp,
});

export const promptPath = '/mpesa/stkpush/v1/processrequest';
export const queryPath = '/mpesa/stkpushquery/v1/query';
export const payoutPath = '/mpesa/b2c/v3/paymentrequest';

export const promptBody = (change: object = {}) => ({
  ...proof(),
  TransactionType: 'CustomerPayBillOnline',
  Amount: 150,
  PartyA: payerMsisdn,
  PartyB: testShortCode,
  PhoneNumber: payerMsisdn,
  CallBackURL: 'http://127.0.0.1:9/callbacks/mpesa/token-1',
  AccountReference: 'INV-1',
  TransactionDesc: 'Rent',
  ...change,
});

export const queryBody = (checkoutRequestId: unknown) => ({
  ...proof(),
  CheckoutRequestID: checkoutRequestId,
});

const resultUrls = {
  QueueTimeOutURL: 'http://127.0.0.1:9/queue',
  ResultURL: 'http://127.0.0.1:9/result',
};

export const payoutBody = (rig: Rig, change: object = {}) => ({
  OriginatorConversationID: 'tr-0001',
  InitiatorName: 'apiuser',
  SecurityCredential: rig.credential(),
  CommandID: 'BusinessPayment',
  Amount: 1000,
  PartyA: testShortCode,
  PartyB: payerMsisdn,
  Remarks: 'Owner drawings',
  Occassion: '',
  ...resultUrls,
  ...change,
});

export const topUpPath = '/mpesa/b2b/v1/paymentrequest';
export const topUpBody = (rig: Rig, change: object = {}) => ({
  Initiator: 'apiuser',
  SecurityCredential: rig.credential(),
  CommandID: 'BusinessTransferFromMMFToUtility',
  SenderIdentifierType: '4',
  RecieverIdentifierType: '4',
  Amount: 400,
  PartyA: testShortCode,
  PartyB: testShortCode,
  AccountReference: 'QT1',
  Remarks: 'Top-up',
  ...resultUrls,
  ...change,
});

export const initiatorBody = (rig: Rig, change: object) => ({
  Initiator: 'apiuser',
  SecurityCredential: rig.credential(),
  PartyA: testShortCode,
  IdentifierType: '4',
  Remarks: 'asked',
  ...resultUrls,
  ...change,
});

export const urlsBody = (change: object = {}) => ({
  ShortCode: testShortCode,
  ResponseType: 'Completed',
  ConfirmationURL: 'http://127.0.0.1:9/c2b/confirm',
  ValidationURL: 'http://127.0.0.1:9/c2b/validate',
  ...change,
});

/** Follows keys and positions down a parsed body. */
export const dig = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), value);

export const lastReceived = (rig: Rig, path: string): unknown => {
  const found = rig.received.findLast((callback) => callback.path === path);
  return found === undefined ? undefined : parse(found.text);
};

/** The parameters of a result as pairs, in order. */
export const parametersOf = (result: unknown): [string, unknown][] => {
  const list = dig(result, 'Result', 'ResultParameters', 'ResultParameter');
  return Array.isArray(list)
    ? list.map((item) => [String(dig(item, 'Key')), dig(item, 'Value')])
    : [];
};
