import { createServer, type Server } from 'node:http';

import { afterEach, describe, expect, it } from 'vitest';

import { createVirtualClock } from '#kernel';

import { hashOf } from './callback-body.ts';
import { createPost } from './post.ts';
import {
  addPhone,
  collect,
  collectionBody,
  createKit,
  hashKey,
  type Kit,
  startAt,
  stopKits,
  truthCount,
} from './test-kit.ts';

afterEach(stopKits);

const paidKit = async (knobs: object, config: object = {}): Promise<Kit> => {
  const kit = createKit({ config: { ...config, knobs } });
  await addPhone(kit);
  return kit;
};

const idsOf = (kit: Kit): readonly string[] =>
  kit.sent.map(({ body }) => JSON.parse(body).transaction.id);

const callbacksOf = async (kit: Kit): Promise<ReturnType<typeof JSON.parse>> =>
  (await kit.admin('GET', '/callbacks')).json.callbacks;

describe('a callback', () => {
  it('follows the outcome, signed, without amount or number', async () => {
    const kit = await paidKit({});
    await collect(kit, 'TXN0001', 5000);
    await kit.clock.advance(3499);
    expect(kit.sent).toEqual([]);
    await kit.clock.advance(1);
    expect(kit.sent).toHaveLength(1);
    expect(kit.sent[0]).toMatchObject({ url: 'http://127.0.0.1:1/callback', timeoutMs: 10_000 });
    const transaction = {
      id: 'TXN0001',
      message: 'Paid KES 5,000 to QMOI TRADERS, Trans ID MP260301.1234.L00001.',
      status_code: 'TS',
      airtel_money_id: 'MP260301.1234.L00001',
    };
    const hash = hashOf(hashKey, JSON.stringify({ transaction }, undefined, 2));
    expect(kit.sent[0]?.body).toBe(JSON.stringify({ transaction, hash }));
    expect(await callbacksOf(kit)).toMatchObject([
      { ownId: 'TXN0001', statusCode: 'TS', state: 'answered', httpStatus: 200, error: null },
    ]);
  });

  it('about a failure carries no Airtel id', async () => {
    const kit = await paidKit({});
    await addPhone(kit, { onPrompt: 'cancel' });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(4000);
    expect(JSON.parse(kit.sent[0]?.body ?? '').transaction).toEqual({
      id: 'TXN0001',
      message: 'Transaction refused',
      status_code: 'TF',
    });
  });

  it('goes unsigned without a key', async () => {
    const kit = createKit({ config: { callbackHashKey: undefined } });
    await addPhone(kit);
    await collect(kit, 'TXN0001');
    await kit.clock.advance(4000);
    expect(Object.keys(JSON.parse(kit.sent[0]?.body ?? ''))).toEqual(['transaction']);
  });

  it.each([
    ['hashRendering', { hashRendering: 'compact-inner' }],
    ['wrongHash', { wrongHash: 1 }],
    ['bodyFormat', { bodyFormat: 'spaced' }],
    ['bodyOrder', { bodyOrder: 'hash-first' }],
  ])('heeds %s', async (_name, knobs) => {
    const bodies: (string | undefined)[] = [];
    for (const set of [{}, knobs]) {
      const kit = await paidKit(set);
      await collect(kit, 'TXN0001');
      await kit.clock.advance(4000);
      bodies.push(kit.sent[0]?.body);
    }
    expect(bodies[1]).not.toBe(bodies[0]);
    expect(JSON.parse(bodies[1] ?? '').transaction).toEqual(
      JSON.parse(bodies[0] ?? '').transaction,
    );
  });

  it('is dropped on demand, though the money moved', async () => {
    const kit = await paidKit({ dropCallbacks: 1 });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(600_000);
    expect(kit.sent).toEqual([]);
    expect(await callbacksOf(kit)).toMatchObject([{ state: 'dropped', attemptedAt: null }]);
    expect(await truthCount(kit)).toBe(1);
  });

  it('is dropped about as often as the rate says', async () => {
    const kit = await paidKit({ dropCallbacks: 0.5 });
    for (let n = 0; n < 40; n += 1) await collect(kit, `TXN${1000 + n}`, 1);
    await kit.clock.advance(10_000);
    expect(kit.sent.length).toBeGreaterThan(8);
    expect(kit.sent.length).toBeLessThan(32);
  });

  it('comes twice on demand, the same both times', async () => {
    const kit = await paidKit({ duplicateCallbacks: 1 });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(10_000);
    expect(kit.sent).toHaveLength(2);
    expect(kit.sent[0]?.body).toBe(kit.sent[1]?.body);
    expect(await truthCount(kit)).toBe(1);
  });

  it('comes late on demand', async () => {
    const kit = await paidKit({ delayCallbacksMs: { rate: 1, min: 60_000, max: 60_000 } });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(63_499);
    expect(kit.sent).toEqual([]);
    await kit.clock.advance(1);
    expect(kit.sent).toHaveLength(1);
  });

  it('is overtaken by later ones when held back', async () => {
    const kit = await paidKit({ reorder: 1 });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(3000);
    await kit.knobs({ reorder: 0 });
    await collect(kit, 'TXN0002');
    await kit.clock.advance(10_000);
    expect(idsOf(kit)).toEqual(['TXN0002', 'TXN0001']);
  });

  it('about an expiry comes only when callbackForTimeouts says so', async () => {
    for (const callbackForTimeouts of [false, true]) {
      const kit = await paidKit({ ignoredPrompt: 'expired', callbackForTimeouts });
      await addPhone(kit, { onPrompt: 'ignore' });
      await collect(kit, 'TXN0001');
      await kit.clock.advance(70_000);
      const codes = kit.sent.map(({ body }) => JSON.parse(body).transaction.status_code);
      expect(codes).toEqual(callbackForTimeouts ? ['TF'] : []);
    }
  });
});

describe('a callback before the answer', () => {
  it('goes out first', async () => {
    const kit = await paidKit({ callbackBeforeAck: 1 });
    const headers = await kit.headers();
    let sentBefore = -1;
    const body = collectionBody('TXN0001');
    const answered = kit.call('POST', '/merchant/v1/payments', { body, headers }).then((reply) => {
      sentBefore = kit.sent.length;
      return reply;
    });
    // A later call has its answer: by then the first one is being held.
    await kit.wire('GET', '/standard/v1/payments/TXN0001');
    expect(sentBefore).toBe(-1);
    await kit.clock.advance(2500);
    const reply = await answered;
    expect(reply.json.data.transaction.status).toBe('SUCCESS');
    expect(sentBefore).toBe(1);
  });

  it('is not waited for without end', async () => {
    const kit = await paidKit({ callbackBeforeAck: 1, dropCallbacks: 1 });
    const headers = await kit.headers();
    const body = collectionBody('TXN0001');
    const answered = kit.call('POST', '/merchant/v1/payments', { body, headers });
    await kit.wire('GET', '/standard/v1/payments/TXN0001');
    await kit.clock.advance(20_000);
    expect((await answered).status).toBe(200);
    expect(kit.sent).toEqual([]);
  });

  it('does not hold back a duplicate', async () => {
    const kit = await paidKit({});
    await collect(kit, 'TXN0001');
    await kit.knobs({ callbackBeforeAck: 1 });
    expect((await collect(kit, 'TXN0001')).json.status.result_code).toBe('ESB000041');
  });
});

describe('the registered address', () => {
  it.each([
    'http://127.0.0.1:8080/a',
    'http://localhost/a',
    'http://[::1]:9/a',
    'https://127.9.9.9/a',
  ])('may be %s', async (url) => {
    const kit = await paidKit({});
    expect((await kit.admin('PUT', '/callback-url', { url })).json).toEqual({ url });
    await collect(kit, 'TXN0001');
    await kit.clock.advance(4000);
    expect(kit.sent[0]?.url).toBe(url);
  });

  it.each([
    'http://example.com/a',
    'http://localhost.example.com/a',
    'http://127.0.0.1.example.com/a',
    'http://user@example.com/127.0.0.1',
    'http://10.0.0.1/a',
    'ftp://127.0.0.1/a',
  ])('may not be %s', async (url) => {
    const kit = await paidKit({});
    const reply = await kit.admin('PUT', '/callback-url', { url });
    expect([reply.status, reply.json.error]).toEqual([400, 'bad-url']);
    expect((await kit.admin('GET', '/callback-url')).json.url).toBe('http://127.0.0.1:1/callback');
  });

  it('may be a host that the configuration names', async () => {
    const kit = await paidKit({}, { allowHosts: ['engine.test'] });
    const url = 'http://engine.test/callback';
    expect((await kit.admin('PUT', '/callback-url', { url })).status).toBe(200);
  });

  it('changes once it is approved', async () => {
    const kit = await paidKit({});
    const url = 'http://127.0.0.1:2/new';
    await kit.admin('PUT', '/callback-url', { url, afterMs: 1000 });
    const current = async (): Promise<string> => (await kit.admin('GET', '/callback-url')).json.url;
    expect(await current()).toBe('http://127.0.0.1:1/callback');
    await kit.clock.advance(1000);
    expect(await current()).toBe(url);
  });
});

describe('after a crash', () => {
  /** The first one is left as it stands, its clock never to move again: like a killed process. */
  const crash = (kit: Kit, laterMs: number): Kit =>
    createKit({ stateDir: kit.stateDir, at: startAt + laterMs });

  it('a pending callback comes exactly once', async () => {
    const first = await paidKit({});
    await collect(first, 'TXN0001');
    await first.clock.advance(3100);
    expect(await truthCount(first)).toBe(1);
    const second = crash(first, 3100);
    expect(second.sent).toEqual([]);
    await second.clock.advance(400);
    expect(idsOf(second)).toEqual(['TXN0001']);
    const third = crash(second, 10_000);
    await third.clock.advance(600_000);
    expect([...idsOf(first), ...idsOf(third)]).toEqual([]);
  });

  it('an overdue callback comes at once, and once', async () => {
    const first = await paidKit({});
    await collect(first, 'TXN0001');
    await first.clock.advance(3100);
    const second = crash(first, 3_600_000);
    await second.clock.advance(0);
    expect(idsOf(second)).toEqual(['TXN0001']);
    const third = crash(second, 3_600_000);
    await third.clock.advance(600_000);
    expect(third.sent).toEqual([]);
  });

  it('a callback whose answer never came is not sent again', async () => {
    const first = createKit({ isAnswering: false });
    await addPhone(first);
    await collect(first, 'TXN0001');
    await first.clock.advance(4000);
    expect(idsOf(first)).toEqual(['TXN0001']);
    expect(await callbacksOf(first)).toMatchObject([{ state: 'sending' }]);
    const second = crash(first, 5000);
    await second.clock.advance(600_000);
    expect(second.sent).toEqual([]);
    expect(await callbacksOf(second)).toMatchObject([
      { state: 'failed', error: 'interrupted by a restart' },
    ]);
  });

  it('an open prompt is still open, and a script still acts', async () => {
    const first = await paidKit({});
    await addPhone(first, { onPrompt: 'ask' });
    await collect(first, 'TXN0001');
    await first.clock.advance(1000);
    await addPhone(first, { onPrompt: 'approve', afterMs: 5000 });
    await collect(first, 'TXN0002');
    await first.clock.advance(1000);
    const second = crash(first, 3000);
    const { json } = await second.admin('GET', '/prompts?state=open');
    expect(json.prompts).toHaveLength(2);
    await second.clock.advance(4000);
    const statuses = [];
    for (const id of ['TXN0001', 'TXN0002']) {
      const reply = await second.wire('GET', `/standard/v1/payments/${id}`);
      statuses.push(reply.json.data.transaction.status);
    }
    expect(statuses).toEqual(['TIP', 'TS']);
    await second.clock.advance(200_000);
    expect(await truthCount(second)).toBe(1);
  });

  it('wallets, tokens, keys and ids go on where they were', async () => {
    const first = await paidKit({});
    await first.admin('POST', '/org/float', { amount: 700 });
    await collect(first, 'TXN0001');
    await first.clock.advance(3000);
    const authorization = `Bearer ${await first.token()}`;
    const key = await first.admin('GET', '/keys');
    const second = crash(first, 3000);
    const balance = await second.wire('GET', '/standard/v1/users/balance', {
      headers: { authorization },
    });
    expect(balance.json.data.balance).toBe('800.00');
    expect((await second.admin('GET', '/keys')).json).toEqual(key.json);
    expect((await collect(second, 'TXN0001')).json.status.result_code).toBe('ESB000041');
    await collect(second, 'TXN0002');
    await second.clock.advance(3000);
    const { json } = await second.admin('GET', '/truth');
    const ids = json.transactions.map(({ airtelId }: { airtelId: string }) => airtelId);
    expect(ids).toEqual(['MP260301.1234.L00001', 'MP260301.1234.L00002']);
    expect((await second.admin('GET', '/conservation')).json.ok).toBe(true);
  });
});

describe('the way out', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });
  const listen = async (answer: Parameters<typeof createServer>[1]): Promise<string> => {
    const server = createServer({}, answer);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/callback`;
  };
  const { signal } = new AbortController();

  it('posts the very bytes and reports the status, whatever it is', async () => {
    const seen: string[] = [];
    const url = await listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
        seen.push(Buffer.concat(chunks).toString('utf8'));
        response.writeHead(302, { location: 'http://example.com/' }).end('gone');
      });
    });
    const post = createPost(createVirtualClock(startAt));
    expect(await post({ url, body: '{"é":1}', timeoutMs: 10_000, signal })).toBe(302);
    expect(seen).toEqual(['POST /callback application/json', '{"é":1}']);
  });

  it('gives up after its time', async () => {
    const clock = createVirtualClock(startAt);
    const asked = Promise.withResolvers<void>();
    const url = await listen(() => asked.resolve());
    const posted = createPost(clock)({ url, body: '{}', timeoutMs: 10_000, signal });
    const refused = posted.catch((problem: unknown) => problem);
    await asked.promise;
    await clock.advance(10_000);
    expect(await refused).toMatchObject({ message: 'no answer within 10000 ms' });
  });

  it('reports a refused connection', async () => {
    const url = await listen(() => undefined);
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    const post = createPost(createVirtualClock(startAt));
    await expect(post({ url, body: '{}', timeoutMs: 10_000, signal })).rejects.toThrow(
      'ECONNREFUSED',
    );
  });
});
