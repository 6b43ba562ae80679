import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { FastifyInstance } from 'fastify';

import {
  createPrng,
  invariant,
  railIds,
  type Clock,
  type EpochMs,
  type Msisdn,
  type RailId,
} from '#kernel';

import * as airtel from '../../simulators/airtel/index.ts';
import * as mpesa from '../../simulators/mpesa/index.ts';

export const shortCode = '600123';
export const consumerKey = 'town-key';
export const consumerSecret = 'town-secret';
export const passkey = 'town-passkey';
export const initiatorName = 'townapi';
export const initiatorPassword = 'Town#2026';
export const airtelClientId = 'town-client';
export const airtelClientSecret = 'town-client-secret';
export const airtelPin = '4321';
export const airtelHashKey = 'a4f48f692d2b4df9acbad7dff60a32a6';

/** Carries a callback to the engine; rejects when nobody takes it. */
export type Carry = (callback: {
  readonly rail: RailId;
  readonly url: string;
  readonly body: string;
}) => Promise<{ readonly status: number; readonly body: string }>;

export type Admin = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: object,
) => Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }>;

/** One provider: its wire, its back door, and its own books for whoever checks the engine's. */
export interface Provider {
  readonly app: FastifyInstance;
  readonly admin: Admin;
  /** What the portal hands out of the wallet that customers pay into; up to `toAt`, without it. */
  statement(period: { readonly fromAt: EpochMs; readonly toAt: EpochMs }): Promise<string>;
  /** Rows of the provider's own database. */
  rows(
    text: string,
    ...values: readonly (number | string)[]
  ): readonly Readonly<Record<string, unknown>>[];
  stop(): Promise<void>;
}

export interface Providers {
  readonly byRail: Readonly<Record<RailId, Provider>>;
  readonly securityKeyPem: string;
  stop(): Promise<void>;
}

interface Site {
  readonly seed: number;
  readonly folder: string;
  readonly clock: Clock;
  readonly carry: Carry;
  readonly airtelCallbackUrl: string;
}

const adminOf =
  (app: FastifyInstance): Admin =>
  async (method, path, body) => {
    const answer = await app.inject({
      method,
      url: `/sim${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() };
  };

const download = async (app: FastifyInstance, query: string): Promise<string> => {
  const answer = await app.inject({ method: 'GET', url: `/sim/statement?format=csv&${query}` });
  invariant(answer.statusCode === 200, 'a portal hands out its statement');
  return answer.body;
};

function openMpesa({ seed, folder, clock, carry }: Site): Provider & { readonly pem: string } {
  const stateDir = join(folder, 'mpesa');
  mkdirSync(stateDir, { recursive: true });
  const config = mpesa.parseConfig({
    port: 0,
    stateDir,
    seed,
    consumerKey,
    consumerSecret,
    shortCode,
    passkey,
    initiatorName,
    initiatorPassword,
    profile: 'production',
  });
  invariant(config.ok, 'the M-Pesa simulator takes its settings');
  const store = mpesa.openStore(stateDir);
  const simulator = mpesa.createMpesaSimulator({
    config: config.value,
    clock,
    prng: createPrng(seed),
    store,
    post: ({ url, body }) => carry({ rail: 'mpesa', url, body }),
  });
  simulator.start();
  return {
    app: simulator.app,
    admin: adminOf(simulator.app),
    statement: ({ fromAt, toAt }) =>
      download(simulator.app, `account=utility&from=${fromAt}&to=${toAt - 1}`),
    rows: (text, ...values) => store.all(text, ...values),
    stop: simulator.stop,
    pem: readFileSync(simulator.certificatePath, 'utf8'),
  };
}

function openAirtel({ seed, folder, clock, carry, airtelCallbackUrl }: Site): Provider {
  const stateDir = join(folder, 'airtel');
  const config = airtel.parseConfig({
    port: 0,
    stateDir,
    seed,
    clientId: airtelClientId,
    clientSecret: airtelClientSecret,
    pin: airtelPin,
    callbackUrl: airtelCallbackUrl,
    callbackHashKey: airtelHashKey,
  });
  invariant(config.ok, 'the Airtel simulator takes its settings');
  const store = airtel.openStore(stateDir);
  const simulator = airtel.createAirtelSimulator({
    config: config.value,
    clock,
    prng: createPrng(seed + 1),
    store,
    post: async ({ url, body }) => (await carry({ rail: 'airtel', url, body })).status,
  });
  return {
    app: simulator.app,
    admin: adminOf(simulator.app),
    statement: ({ fromAt, toAt }) =>
      download(simulator.app, `from=${fromAt}&to=${toAt}&order=newest`),
    rows: (text, ...values) => store.all(text, ...values),
    stop: simulator.stop,
  };
}

/** Both simulators in this process, on its clock, each with a seed of its own. */
export function openProviders(site: Site): Providers {
  const ofMpesa = openMpesa(site);
  const ofAirtel = openAirtel(site);
  return {
    byRail: { mpesa: ofMpesa, airtel: ofAirtel },
    securityKeyPem: ofMpesa.pem,
    stop: async () => {
      await ofMpesa.stop();
      await ofAirtel.stop();
    },
  };
}

/** A number of the rail's own range. */
export const phoneOn = (rail: RailId, n: number): Msisdn =>
  `${rail === 'mpesa' ? '254722' : '254733'}${String(n).padStart(6, '0')}` as Msisdn;

export const railOf = (msisdn: string): RailId =>
  railIds.find((rail) => msisdn.startsWith(phoneOn(rail, 0).slice(0, 6))) ?? 'mpesa';
