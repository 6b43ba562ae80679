import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { invariant, Secret } from '#kernel';
import { createCallbackTokens, deriveKeys } from '#security';

import { eventually, freePort, type Json } from './engine-process.ts';

const root = join(import.meta.dirname, '..', '..');

/** One provider's simulator in a process that outlives the engine's. */
export interface SimulatorProcess {
  readonly url: string;
  get(path: string): Promise<Json>;
  post(path: string, body: Json): Promise<Json>;
  put(path: string, body: Json): Promise<Json>;
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface Providers {
  readonly mpesa: SimulatorProcess;
  readonly airtel: SimulatorProcess;
  /** What an engine needs in its environment to use them. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const ownersPhones = { mpesa: '254700000001', airtel: '254733000001' } as const;
export const shortCode = '600123';

const secrets = {
  consumerKey: 'crash-consumer-key',
  consumerSecret: 'crash-consumer-secret',
  passkey: 'crash-passkey-0123456789',
  initiatorName: 'crashapi',
  initiatorPassword: 'Crash#2026',
  clientId: 'crash-client-id',
  clientSecret: 'crash-client-secret',
  pin: '4321',
  hashKey: 'a4f48f692d2b4df9acbad7dff60a32a6',
  masterSecret: 'Zk3vT9qLw8Rn2XyB7cD1fG5hJ0mP4sU6aE',
  masterKey: 'a-master-key-for-tests-only',
} as const;

async function openSimulator(name: string, settings: Json): Promise<SimulatorProcess> {
  let child: ChildProcess | undefined;
  const { port } = settings as { port: number };
  const url = `http://127.0.0.1:${port}`;
  const call = async (method: string, path: string, body?: Json): Promise<Json> => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Json;
  };
  const start = async (): Promise<void> => {
    const script = join(root, 'simulators', name, 'main.ts');
    const started = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    child = started;
    started.stdin.write(`${JSON.stringify(settings)}\n`);
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: started.stdout }).once('line', resolve);
      started.once('exit', (code) => reject(new Error(`${name} ended with ${code}`)));
    });
    invariant((JSON.parse(line) as Json)['ready'] === true, `${name} is ready: ${line}`);
  };
  await start();
  return {
    url,
    start,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
    kill: async () => {
      const ending = child;
      ending?.kill('SIGKILL');
      await eventually('the simulator ends', () =>
        Promise.resolve(
          ending === undefined || ending.signalCode !== null || ending.exitCode !== null,
        ),
      );
    },
  };
}

/** Both providers, calling an engine that will listen on `enginePort`. */
export async function openProviders(
  enginePort: number,
  quick: { readonly mpesa?: Json; readonly airtel?: Json } = {},
): Promise<Providers> {
  const folder = await mkdtemp(join(tmpdir(), 'qmoi-providers-'));
  const keys = deriveKeys(new Secret(secrets.masterSecret));
  invariant(keys.ok, 'the test secret is strong enough');
  const tokens = createCallbackTokens({ keys: keys.value });
  const token = tokens.tokenFor({ channel: 'airtel-result', subject: 0n });
  const mpesa = await openSimulator('mpesa', {
    port: await freePort(),
    stateDir: join(folder, 'mpesa'),
    seed: 11,
    shortCode,
    consumerKey: secrets.consumerKey,
    consumerSecret: secrets.consumerSecret,
    passkey: secrets.passkey,
    initiatorName: secrets.initiatorName,
    initiatorPassword: secrets.initiatorPassword,
    profile: 'sandbox',
    ...quick.mpesa,
  });
  const airtel = await openSimulator('airtel', {
    port: await freePort(),
    stateDir: join(folder, 'airtel'),
    seed: 11,
    clientId: secrets.clientId,
    clientSecret: secrets.clientSecret,
    pin: secrets.pin,
    callbackUrl: `http://127.0.0.1:${enginePort}/hooks/airtel-result/${token}`,
    callbackHashKey: secrets.hashKey,
    ...quick.airtel,
  });
  await mpesa.post('/sim/phones', { msisdn: ownersPhones.mpesa, name: 'OWNER', balance: 0 });
  await airtel.post('/sim/phones', { msisdn: ownersPhones.airtel, name: 'OWNER', balance: 0 });
  return {
    mpesa,
    airtel,
    settings: {
      QMOI_SIMULATORS: 'off',
      QMOI_MASTER_SECRET: secrets.masterSecret,
      QMOI_MASTER_API_KEY: secrets.masterKey,
      MPESA_BASE_URL: mpesa.url,
      MPESA_CONSUMER_KEY: secrets.consumerKey,
      MPESA_CONSUMER_SECRET: secrets.consumerSecret,
      MPESA_BUSINESS_SHORTCODE: shortCode,
      MPESA_PASSKEY: secrets.passkey,
      MPESA_INITIATOR_NAME: secrets.initiatorName,
      MPESA_INITIATOR_PASSWORD: secrets.initiatorPassword,
      MPESA_CERTIFICATE_FILE: join(folder, 'mpesa', 'certificate.pem'),
      MPESA_PHONE_NUMBER: ownersPhones.mpesa,
      MPESA_PULL_NUMBER: ownersPhones.mpesa,
      AIRTEL_BASE_URL: airtel.url,
      AIRTEL_CLIENT_ID: secrets.clientId,
      AIRTEL_CLIENT_SECRET: secrets.clientSecret,
      AIRTEL_PIN: secrets.pin,
      AIRTEL_CALLBACK_HASH_KEY: secrets.hashKey,
      AIRTEL_PHONE_NUMBER: ownersPhones.airtel,
      AIRTEL_FIRST_ENQUIRY_SECONDS: '2',
    },
    stop: async () => {
      await mpesa.kill();
      await airtel.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
