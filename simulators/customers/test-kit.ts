import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import {
  createPrng,
  createVirtualClock,
  type EpochMs,
  isoOf,
  type RailId,
  type VirtualClock,
} from '#kernel';

import { createComplaints } from './complaints.ts';
import { parseConfig, type StreamDemand, type TownConfig } from './config.ts';
import { type Fields, fieldsOf, textIn } from './fields.ts';
import { createHttp, type Http } from './http.ts';
import { createTown } from './town.ts';

/** Monday, 23 November 2026, 09:00 in Nairobi: the start of a cycle. */
export const startAt: EpochMs = 1_795_413_600_000;
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

const demand = (rail: RailId, reference: string, [lowKes, highKes]: readonly number[]) => ({
  id: reference.toLowerCase(),
  rail,
  accountReference: reference,
  lowMinor: `${lowKes}00`,
  highMinor: `${highKes}00`,
});

export const streamTexts = [
  demand('mpesa', 'TRADING', [500, 2500]),
  demand('mpesa', 'AI', [300, 1800]),
  demand('mpesa', 'AUTO', [200, 1200]),
  demand('mpesa', 'CONSULT', [150, 950]),
  demand('mpesa', 'MAINT', [100, 700]),
  demand('airtel', 'MOBILE', [400, 2200]),
  demand('airtel', 'DIGITAL', [250, 1450]),
  demand('airtel', 'AIRTIME', [180, 1080]),
  demand('airtel', 'DATA', [120, 820]),
  demand('airtel', 'UTILITY', [80, 580]),
];

export const streams: readonly StreamDemand[] = streamTexts.map((stream) => ({
  ...stream,
  lowMinor: BigInt(stream.lowMinor),
  highMinor: BigInt(stream.highMinor),
}));

export const configFor = (base: string, change: object = {}): object => ({
  engineUrl: `${base}/engine`,
  mpesa: { simUrl: `${base}/mpesa`, shortCode: '600100' },
  airtel: { simUrl: `${base}/airtel` },
  streams: streamTexts,
  seed: 7,
  demandFactor: 1,
  cycleHours: 3,
  shortCode: '600100',
  ...change,
});

export interface Charge {
  readonly reference: string;
  readonly token: string;
  readonly stream: string;
  readonly rail: RailId;
  readonly phone: string;
  readonly amountKes: number;
  readonly askedAt: EpochMs;
  state: 'prompted' | 'paid' | 'declined' | 'expired';
}

export interface Payment {
  readonly phone: string;
  readonly accountReference: string;
  readonly amountKes: number;
  readonly at: EpochMs;
}

export interface Act {
  readonly promptId: string;
  readonly phone: string;
  readonly action: string;
  readonly at: EpochMs;
}

export interface Answer {
  readonly status: number;
  readonly body?: Fields;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Party = 'engine' | RailId;

/** Just enough of the engine and of both providers' phones to be bought from. */
export interface World {
  readonly url: string;
  readonly charges: Charge[];
  readonly payments: Payment[];
  readonly acts: Act[];
  readonly phones: Map<string, Fields>;
  readonly unlocked: string[];
  /** When the engine was asked for anything. */
  readonly engineAskedAt: EpochMs[];
  /** Checkouts made while the phone had another one pending. */
  readonly doubled: string[];
  /** Prompts that no checkout has caused. */
  readonly strayPrompts: Fields[];
  /** Who cuts every connection. */
  readonly down: Set<Party>;
  /** Answers before the world does. */
  intercept: (party: Party, method: string, path: string) => Answer | undefined;
  walletKes: (nth: number, askedKes: number) => number;
  history: (msisdn: string) => readonly Fields[];
  close(): Promise<void>;
}

const promptLifeMs = 60_000;

export async function openWorld(clock: { now(): EpochMs }): Promise<World> {
  const server = createServer((request, response) => {
    void serve(world, clock, { request, response });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const world: World = {
    url: urlOf(server),
    charges: [],
    payments: [],
    acts: [],
    phones: new Map(),
    unlocked: [],
    engineAskedAt: [],
    doubled: [],
    strayPrompts: [],
    down: new Set(),
    intercept: () => undefined,
    walletKes: (_nth, askedKes) => askedKes,
    history: () => [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return world;
}

function urlOf(server: Server): string {
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Asked {
  readonly party: Party;
  readonly method: string;
  readonly path: string;
  readonly body: Fields;
  readonly now: EpochMs;
}

async function serve(world: World, clock: { now(): EpochMs }, { request, response }: Exchange) {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  const [, first = '', path = ''] = /^\/(\w+)(\/.*)$/.exec(request.url ?? '') ?? [];
  const party = first as Party;
  const method = request.method ?? '';
  const now = clock.now();
  if (world.down.has(party)) {
    request.socket.destroy();
    return;
  }
  if (party === 'engine') world.engineAskedAt.push(now);
  const body = fieldsOf(text === '' ? {} : JSON.parse(text));
  const asked: Asked = { party, method, path, body, now };
  for (const charge of world.charges) {
    const isOver = charge.state === 'prompted' && now - charge.askedAt > promptLifeMs;
    if (isOver) charge.state = 'expired';
  }
  const answer = world.intercept(party, method, path) ?? answerOf(world, asked);
  response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
  response.end(JSON.stringify(answer.body ?? {}));
}

function answerOf(world: World, asked: Asked): Answer {
  const { party, path, method } = asked;
  if (party === 'engine') return method === 'POST' ? makeCharge(world, asked) : look(world, asked);
  if (path === '/sim/phones') return givePhone(world, asked);
  if (path === '/sim/prompts?state=open') return { status: 200, body: openPrompts(world, party) };
  const [, kind, id = '', action] = /^\/sim\/(\w+)\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  if (kind === 'prompts') return actOn(world, asked, id);
  if (action === 'unlock') {
    world.unlocked.push(id);
    return { status: 200 };
  }
  return action === 'pay' ? takePayment(world, asked, id) : { status: 404 };
}

function makeCharge(world: World, { body, now }: Asked): Answer {
  const phone = textIn(body, 'phone');
  const stream = streams.find(({ id }) => id === body['stream']);
  if (stream === undefined || !world.phones.has(phone)) return { status: 422 };
  const isPending = (charge: Charge): boolean =>
    charge.phone === phone && charge.state === 'prompted';
  if (world.charges.some(isPending)) world.doubled.push(phone);
  const reference = `REF${String(world.charges.length).padStart(5, '0')}`;
  const token = `token-${reference}`;
  const amountKes = Number(body['amount']);
  const base = { reference, token, stream: stream.id, rail: stream.rail, phone, amountKes };
  world.charges.push({ ...base, askedAt: now, state: 'prompted' });
  const answer = { chargeId: 'ch_0', reference, checkoutToken: token, state: 'open' };
  return { status: 201, body: answer };
}

function look(world: World, { path }: Asked): Answer {
  const charge = world.charges.find(({ token }) => path.endsWith(`/${token}`));
  return charge === undefined ? { status: 404 } : { status: 200, body: { state: charge.state } };
}

function givePhone(world: World, { body }: Asked): Answer {
  const msisdn = textIn(body, 'msisdn');
  if (!world.phones.has(msisdn)) {
    const balance = world.walletKes(world.phones.size, Number(body['balance']));
    world.phones.set(msisdn, { ...body, balance: `${balance}.00` });
  }
  const history = world.history(msisdn);
  return { status: 200, body: { ...world.phones.get(msisdn), wrongPins: 0, history } };
}

const openPrompts = (world: World, rail: RailId): Fields => ({
  prompts: [
    ...world.strayPrompts,
    ...world.charges
      .filter((charge) => charge.rail === rail && charge.state === 'prompted')
      .map(({ reference, phone, amountKes }) => ({
        id: reference,
        msisdn: phone,
        amount: `${amountKes}.00`,
      })),
  ],
});

const endings: Readonly<Record<string, Charge['state']>> = {
  approve: 'paid',
  cancel: 'declined',
  'wrong-pin': 'declined',
};

function actOn(world: World, { body, now }: Asked, promptId: string): Answer {
  const action = textIn(body, 'action');
  const charge = world.charges.find(({ reference }) => reference === promptId);
  world.acts.push({ promptId, phone: charge?.phone ?? '', action, at: now });
  const ending = endings[action];
  if (charge?.state !== 'prompted' || ending === undefined) return { status: 409 };
  charge.state = ending;
  return { status: 200 };
}

function takePayment(world: World, { body, now, party }: Asked, phone: string): Answer {
  if (party !== 'mpesa' || body['shortCode'] !== '600100') return { status: 409 };
  const accountReference = textIn(body, 'accountReference');
  const amountKes = Number(body['amount']);
  world.payments.push({ phone, accountReference, amountKes, at: now });
  const charge = world.charges.find(({ reference }) => reference === accountReference);
  if (charge !== undefined) charge.state = 'paid';
  return { status: 200, body: { receipt: 'UKN0000000' } };
}

export interface Rig {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly complaints: string[];
  /** Opens the town and waits for it. */
  open(): Promise<void>;
  /** Lets time go by, second for second, with everything that comes of it. */
  run(forMs: number): Promise<void>;
}

const opened: (() => Promise<void>)[] = [];

/** Stops every town and every world of the test. */
export async function stopRigs(): Promise<void> {
  for (const stop of opened.splice(0).toReversed()) await stop();
}

export function parseTestConfig(value: object): TownConfig {
  const parsed = parseConfig(value);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const quietTurns = 4;

/** Until no request has been under way for some turns of the event loop. */
export async function settle(http: Http): Promise<void> {
  for (let quiet = 0; quiet < quietTurns;) {
    await nextTurn();
    quiet = http.inFlight() === 0 ? quiet + 1 : 0;
  }
}

export async function createRig(change: object = {}, at: EpochMs = startAt): Promise<Rig> {
  const clock = createVirtualClock(at);
  const world = await openWorld(clock);
  const stopping = new AbortController();
  const { signal } = stopping;
  const http = createHttp({ clock, signal });
  const complaints: string[] = [];
  const write = (line: string): void => void complaints.push(`${isoOf(clock.now())} ${line}`);
  const complain = createComplaints({ clock, write, signal });
  const config = parseTestConfig(configFor(world.url, change));
  const town = createTown({ config, clock, prng: createPrng(1), http, complain, signal });
  opened.push(async () => {
    stopping.abort();
    await settle(http);
    await world.close();
  });
  const run = async (forMs: number): Promise<void> => {
    for (let spentMs = 0; spentMs < forMs; spentMs += 1000) {
      await clock.advance(1000);
      await settle(http);
    }
  };
  const open = async (): Promise<void> => {
    const opening = town.open();
    await settle(http);
    await opening;
  };
  return { clock, world, complaints, open, run };
}
