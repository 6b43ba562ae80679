import { get, type IncomingMessage } from 'node:http';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { digestSchema, type Digest } from '#api/contract';

import { createTestApi, type TestApi } from './test-kit.ts';

interface Heard {
  readonly id: string | undefined;
  readonly event: string | undefined;
  readonly data: Record<string, unknown>;
}

let world: TestApi;
let url: string;
const open: IncomingMessage[] = [];

beforeAll(async () => {
  world = await createTestApi();
  url = (await world.api.listen({ host: '127.0.0.1', port: 0 })).url;
});
afterEach(() => {
  for (const stream of open.splice(0)) stream.destroy();
});
afterAll(() => world.close());

/** Opens a stream; `next` waits for the next event that fits. */
async function listen(token: string, headers: Record<string, string> = {}, query = '') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(
      `${url}/api/qmoi/events${query}`,
      { headers: { authorization: `Bearer ${token}`, ...headers } },
      resolve,
    ).on('error', reject);
  });
  open.push(response);
  const blocks = blocksOf(response);
  const heard: Heard[] = [];
  const next = async (event: string): Promise<Heard> => {
    for (;;) {
      const { value, done } = await blocks.next();
      if (done === true) throw new Error(`the stream ended before ${event}`);
      const parsed = parseBlock(value);
      if (parsed === undefined) continue;
      heard.push(parsed);
      if (parsed.event === event) return parsed;
    }
  };
  return { response, next, heard };
}

async function* blocksOf(stream: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream) {
    const parts = `${rest}${String(chunk)}`.split('\n\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
}

function parseBlock(block: string): Heard | undefined {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const data = field('data');
  if (data === undefined) return undefined;
  return { id: field('id'), event: field('event'), data: JSON.parse(data) };
}

const stop = () =>
  world.ask({ method: 'POST', path: '/api/qmoi/revenue/stop', body: { reason: 'test' } });
const start = () => world.ask({ method: 'POST', path: '/api/qmoi/revenue/start' });

describe('the event stream', () => {
  it('starts with a snapshot and tells news by name, with a snapshot after them', async () => {
    const { response, next } = await listen(await world.login());
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    });
    const first = await next('status');
    expect(first).toMatchObject({ id: undefined, data: { status: 'running', stale: false } });
    await stop();
    const news = await next('engine.stopped');
    expect(news.id).toMatch(/^ev_/);
    expect(news.data).toMatchObject({
      id: news.id,
      topic: 'engine.stopped',
      payload: { reason: 'test' },
    });
    await world.clock.advance(1_000);
    expect((await next('status')).data).toMatchObject({ status: 'stopped' });
    await start();
  });

  it('goes on after the last event a client had', async () => {
    const token = await world.login();
    // More than the overlap, so that only what was missed is told.
    await world.clock.advance(60_000);
    const before = await listen(token);
    await before.next('status');
    await stop();
    const last = await before.next('engine.stopped');
    before.response.destroy();
    await world.clock.advance(60_000);
    await start();
    await world.clock.advance(60_000);
    const { id = '' } = last;
    const after = await listen(token, { 'last-event-id': id });
    await after.next('engine.started');
    await stop();
    await after.next('engine.stopped');
    const ids = after.heard.flatMap((one) => one.id ?? []);
    expect(ids.toSorted()).toEqual(ids);
    expect(ids.filter((one) => one > id)).toHaveLength(2);
    await start();
  });

  it('tells nothing twice to who comes back soon', async () => {
    const token = await world.login();
    await world.clock.advance(60_000);
    const first = await listen(token);
    await first.next('status');
    await stop();
    const one = await first.next('engine.stopped');
    await world.clock.advance(5_000);
    await start();
    const two = await first.next('engine.started');
    const again = await listen(token, { 'last-event-id': one.id ?? '' });
    await again.next('engine.started');
    await world.clock.advance(5_000);
    await stop();
    const three = await again.next('engine.stopped');
    expect(again.heard.flatMap(({ id }) => id ?? [])).toEqual([two.id, three.id]);
    await start();
  });

  it('gives a full snapshot at least every 30 seconds', async () => {
    const { next } = await listen(await world.login());
    const first = await next('status');
    await world.clock.advance(30_000);
    const second = await next('status');
    const gap =
      Date.parse(String(second.data['updatedAt'])) - Date.parse(String(first.data['updatedAt']));
    expect(gap).toBeGreaterThan(0);
    expect(gap).toBeLessThanOrEqual(30_000);
  });

  it('ends with its session', async () => {
    const token = await world.login();
    const { response, next } = await listen(token);
    await next('status');
    const ended = new Promise((resolve) => response.once('close', resolve));
    response.on('error', () => undefined);
    await world.ask({ method: 'POST', path: '/api/qmoi/master/logout', token });
    const drained = next('nothing').catch(() => 'over');
    await world.clock.advance(30_000);
    expect(await drained).toBe('over');
    await ended;
  });

  it('needs a session, and takes nonsense for no last event', async () => {
    const { response } = await listen('x'.repeat(43));
    expect(response.statusCode).toBe(401);
    const lenient = await listen(await world.login(), { 'last-event-id': 'nonsense' });
    expect((await lenient.next('status')).data).toMatchObject({ mode: 'sandbox' });
  });
});

/** Each name once: news of a moment ago may bring a second snapshot. */
const namesOf = (heard: readonly { readonly event: string | undefined }[]) => [
  ...new Set(heard.map(({ event }) => event)),
];

describe('the event stream for screens', () => {
  const listenAsScreen = (token: string, headers: Record<string, string> = {}) =>
    listen(token, headers, '?form=digest');

  it('tells what was committed, and what of it is confirmed money', async () => {
    const { next } = await listenAsScreen(await world.login());
    await next('status');
    const charge = await world.ask({
      method: 'POST',
      path: '/api/qmoi/charges',
      body: { stream: 'trading', amount: 1_250 },
    });
    await world.pay({ receipt: 'TKN7SCREEN', kes: 1_250, reference: charge.json.reference });
    // Nobody knows the reference, so the money came and is not earned yet.
    await world.pay({ receipt: 'TKN7NOBODY', kes: 70.5, reference: 'NOBODYS' });
    const digests: Digest[] = [];
    const told = (topic: string) =>
      digests.flatMap(({ newest }) => newest.filter((event) => event.topic === topic));
    while (told('payment.suspended').length === 0) {
      await world.clock.advance(100);
      const { id, data } = await next('digest');
      const digest = digestSchema.parse(data);
      expect(digest.newest.at(-1)?.id).toBe(id);
      digests.push(digest);
    }
    expect(told('payment.confirmed')).toMatchObject([{ payload: { amount: 1_250 } }]);
    expect(told('payment.suspended')).toMatchObject([
      { payload: { amount: 70, amountDecimal: '70.50' } },
    ]);
    const confirmed = digests.map((digest) => digest.confirmed.mpesa);
    expect(confirmed.filter(({ payments }) => payments > 0)).toEqual([
      { payments: 1, amount: 1_250, amountDecimal: '1250.00' },
    ]);
    await world.clock.advance(1_000);
    expect((await next('status')).data).toMatchObject({ status: 'running' });
  });

  it('goes on after the last digest, and says when it cannot', async () => {
    const token = await world.login();
    const first = await listenAsScreen(token);
    await first.next('status');
    await stop();
    const { id = '' } = await first.next('digest');
    await world.clock.advance(1_000);
    await start();
    await first.next('digest');
    const again = await listenAsScreen(token, { 'last-event-id': id });
    expect((await again.next('digest')).data).toMatchObject({ topics: { 'engine.started': 1 } });
    expect(namesOf(again.heard)).toEqual(['status', 'digest']);
    const stranger = await listenAsScreen(token, { 'last-event-id': 'ev_0000000000001' });
    await stranger.next('gap');
    expect(namesOf(stranger.heard)).toEqual(['status', 'gap']);
  });

  it('ends with its session', async () => {
    const token = await world.login();
    const { response, next } = await listenAsScreen(token);
    await next('status');
    response.on('error', () => undefined);
    await world.ask({ method: 'POST', path: '/api/qmoi/master/logout', token });
    const drained = next('nothing').catch(() => 'over');
    await world.clock.advance(30_000);
    expect(await drained).toBe('over');
  });

  it('comes in two forms, and says so to who asks for another', async () => {
    const told = await world.ask({ path: '/api/qmoi/events?form=brief' });
    expect(told).toMatchObject({
      status: 400,
      json: {
        detail: 'Mend querystring.form and ask again.',
        errors: [
          {
            path: 'querystring.form',
            message: 'The forms are full (every event) and digest (for screens).',
          },
        ],
      },
    });
  });
});
