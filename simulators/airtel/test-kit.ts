import { constants, createPublicKey, publicEncrypt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createPrng, createVirtualClock, type VirtualClock } from '#kernel';

import { parseConfig } from './config.ts';
import { type AirtelSimulator, createAirtelSimulator } from './index.ts';
import type { PostRequest } from './post.ts';
import { openStore } from './store.ts';

/** 1 March 2026, 12:34 in Nairobi: the minute of the sheet's sample id. */
export const startAt = 1_772_357_640_000;
export const phone = '733123456';
export const pin = '4321';
export const hashKey = 'a4f48f692d2b4df9acbad7dff60a32a6';

/** No chance in how long things take. */
const steadyTimings = {
  promptDelayMs: { min: 1000, max: 1000 },
  promptLifeMs: { min: 60_000, max: 60_000 },
  callbackDelayMs: { min: 500, max: 500 },
  disbursementMs: { min: 2000, max: 2000 },
  tfThenTsMs: { min: 5000, max: 5000 },
  timedOutMs: { min: 30_000, max: 30_000 },
};

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** As parsed, for tests to reach into. */
  readonly json: ReturnType<typeof JSON.parse>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

export interface Kit {
  readonly simulator: AirtelSimulator;
  readonly clock: VirtualClock;
  /** What went to the registered callback address. */
  readonly sent: PostRequest[];
  readonly stateDir: string;
  call(method: 'GET' | 'POST' | 'PUT', path: string, options?: CallOptions): Promise<Reply>;
  admin(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Reply>;
  knobs(patch: object): Promise<void>;
  /** With a token and the headers of Kenya. */
  wire(method: 'GET' | 'POST', path: string, options?: CallOptions): Promise<Reply>;
  token(): Promise<string>;
  /** Minted beforehand, so that a call can be under way after one step. */
  headers(): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

export interface KitOptions {
  readonly stateDir?: string;
  readonly config?: object;
  readonly at?: number;
  /** False leaves every callback without an answer. */
  readonly isAnswering?: boolean;
}

const opened: (() => Promise<void>)[] = [];

/** Stops every simulator of the test and removes what it wrote. */
export async function stopKits(): Promise<void> {
  for (const stop of opened.splice(0).toReversed()) await stop();
}

export const testConfig = (stateDir: string): Record<string, unknown> => ({
  port: 0,
  stateDir,
  seed: 1,
  clientId: 'client',
  clientSecret: 'client-secret',
  pin,
  callbackUrl: 'http://127.0.0.1:1/callback',
  callbackHashKey: hashKey,
  timings: steadyTimings,
});

export function temporaryDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'airtel-simulator-'));
  opened.push(async () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const credentials = {
  client_id: 'client',
  client_secret: 'client-secret',
  grant_type: 'client_credentials',
};

/** A simulator in this process, on a clock that stands still and with callbacks caught. */
export function createKit(options: KitOptions = {}): Kit {
  const stateDir = options.stateDir ?? temporaryDir();
  const parsed = parseConfig({ ...testConfig(stateDir), ...options.config });
  if (!parsed.ok) throw new Error(parsed.error.join('; '));
  const clock = createVirtualClock(options.at ?? startAt);
  const sent: PostRequest[] = [];
  const simulator = createAirtelSimulator({
    config: parsed.value,
    clock,
    prng: createPrng(parsed.value.seed),
    store: openStore(stateDir),
    post: (request) => {
      sent.push(request);
      return options.isAnswering === false ? new Promise(() => undefined) : Promise.resolve(200);
    },
  });
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await simulator.stop();
  };
  opened.push(stop);

  const call: Kit['call'] = async (method, path, { body, headers = {} } = {}) => {
    const raw = Buffer.isBuffer(body) || typeof body === 'string' || body === undefined;
    const response = await simulator.app.inject({
      method,
      url: path,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...definedOnly(headers),
      },
      ...(body === undefined ? {} : { payload: raw ? body : JSON.stringify(body) }),
    });
    const text = response.payload;
    return { status: response.statusCode, headers: response.headers, text, json: jsonOf(text) };
  };
  const token = async (): Promise<string> =>
    (await call('POST', '/auth/oauth2/token', { body: credentials })).json.access_token;
  const kenyan = async (): Promise<Record<string, string>> => ({
    authorization: `Bearer ${await token()}`,
    'x-country': 'KE',
    'x-currency': 'KES',
  });
  return {
    simulator,
    clock,
    sent,
    stateDir,
    call,
    token,
    headers: kenyan,
    stop,
    admin: (method, path, body) => call(method, `/sim${path}`, body === undefined ? {} : { body }),
    knobs: async (patch) => {
      const reply = await call('PUT', '/sim/knobs', { body: patch });
      if (reply.status !== 200) throw new Error(reply.text);
    },
    wire: async (method, path, { body, headers } = {}) =>
      call(method, path, { body, headers: { ...(await kenyan()), ...headers } }),
  };
}

function definedOnly(headers: NonNullable<CallOptions['headers']>): Record<string, string> {
  const found = Object.entries(headers).filter((entry): entry is [string, string] => {
    return entry[1] !== undefined;
  });
  return Object.fromEntries(found);
}

function jsonOf(text: string): Reply['json'] {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const collectionBody = (id: string, amount = 100): object => ({
  reference: 'INV001',
  subscriber: { country: 'KE', currency: 'KES', msisdn: phone },
  transaction: { amount, country: 'KE', currency: 'KES', id },
});

export interface PhoneOptions {
  readonly balance?: number;
  readonly onPrompt?: string;
  readonly afterMs?: number;
}

export const addPhone = (kit: Kit, options: PhoneOptions = {}): Promise<Reply> => {
  const { balance = 5000, onPrompt = 'approve', afterMs = 2000 } = options;
  return kit.admin('POST', '/phones', {
    msisdn: `254${phone}`,
    name: 'Jane Wanjiku Kamau',
    balance,
    script: { onPrompt, afterMs },
  });
};

export const collect = (kit: Kit, id: string, amount = 100): Promise<Reply> =>
  kit.wire('POST', '/merchant/v1/payments/', { body: collectionBody(id, amount) });

export const enquire = (kit: Kit, id: string): Promise<Reply> =>
  kit.wire('GET', `/standard/v1/payments/${id}`);

/** As a client would: the endpoint's key, PKCS#1 v1.5. */
export async function encryptForKit(kit: Kit, plain: string): Promise<string> {
  const { json } = await kit.wire('GET', '/v1/rsa/encryption-keys');
  const text = json.data?.key ?? json.key;
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  const padding = constants.RSA_PKCS1_PADDING;
  return publicEncrypt({ key, padding }, Buffer.from(plain)).toString('base64');
}

export interface DisburseOptions {
  readonly version?: 'v1' | 'v2' | 'v3';
  readonly amount?: number;
  readonly plainPin?: string;
}

export async function disburse(
  kit: Kit,
  id: string,
  { version = 'v2', amount = 100, plainPin = pin }: DisburseOptions = {},
): Promise<Reply> {
  const body = {
    payee: { msisdn: phone, currency: 'KES', wallet_type: 'NORMAL' },
    reference: 'PAYOUT1',
    pin: await encryptForKit(kit, plainPin),
    transaction: { amount, id, type: 'B2C' },
  };
  return kit.wire('POST', `/standard/${version}/disbursements/`, { body });
}

export async function truthCount(kit: Kit): Promise<number> {
  const { json } = await kit.admin('GET', '/truth');
  return json.transactions.length;
}
