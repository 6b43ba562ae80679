import { connect } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import {
  addPhone,
  collect,
  collectionBody,
  createKit,
  disburse,
  type Kit,
  phone,
  stopKits,
  truthCount,
} from './test-kit.ts';

afterEach(stopKits);

const readyKit = async (knobs: object, timings: object = {}): Promise<Kit> => {
  const kit = createKit({ config: { timings } });
  await addPhone(kit);
  await kit.admin('POST', '/org/float', { amount: 1000 });
  await kit.knobs(knobs);
  return kit;
};

const timeout = '{"status_message":"I/O Exception","status_code":"CONNECTION_TIMEOUT"}';

describe('a lost answer', () => {
  it.each([
    ['408', 408, 'application/json;charset=UTF-8', timeout],
    ['502-html', 502, 'text/html', '<html>'],
    ['504-html', 504, 'text/html', '<html>'],
    ['empty-200', 200, 'application/json;charset=UTF-8', ''],
  ])('%s, with the effect and without', async (...[mode, status, type, start]) => {
    for (const knob of ['syncLoss', 'notApplied']) {
      const kit = await readyKit({ [knob]: { rate: 1, mode } });
      const replies = [await collect(kit, 'TXN0001'), await disburse(kit, 'PAY0001')];
      for (const reply of replies) {
        expect(reply.status).toBe(status);
        expect(reply.headers['content-type']).toBe(type);
        expect(reply.text.startsWith(start)).toBe(true);
        expect(reply.text === '').toBe(mode === 'empty-200');
      }
      await kit.clock.advance(5000);
      expect(await truthCount(kit)).toBe(knob === 'syncLoss' ? 2 : 0);
    }
  });

  it('of a refund has paid back all the same', async () => {
    const kit = await readyKit({});
    await collect(kit, 'TXN0001');
    await kit.clock.advance(3000);
    await kit.knobs({ syncLoss: { rate: 1, mode: '408' } });
    const body = { transaction: { airtel_money_id: 'MP260301.1234.L00001' } };
    expect((await kit.wire('POST', '/standard/v1/payments/refund', { body })).status).toBe(408);
    expect((await kit.admin('GET', `/phones/${phone}`)).json.balance).toBe('5000.00');
  });

  it('never strikes enquiries, tokens or refused calls', async () => {
    const kit = await readyKit({ syncLoss: { rate: 1, mode: '408' } });
    await collect(kit, 'TXN0001');
    const enquiry = await kit.wire('GET', '/standard/v1/payments/TXN0001');
    expect(enquiry.json.data.transaction.status).toBe('TIP');
    const refused = await kit.call('POST', '/merchant/v1/payments', { body: {} });
    expect(refused.status).toBe(401);
  });

  it('strikes about as often as the rate says', async () => {
    const kit = await readyKit({ syncLoss: { rate: 0.5 } });
    let lost = 0;
    for (let n = 0; n < 40; n += 1) {
      if ((await collect(kit, `TXN${1000 + n}`, 1)).status === 408) lost += 1;
    }
    expect(lost).toBeGreaterThan(8);
    expect(lost).toBeLessThan(32);
  });

  it('is slow on demand, and right in the end', async () => {
    const kit = await readyKit({ syncLoss: { rate: 1, mode: 'slow' } });
    let isAnswered = false;
    const headers = await kit.headers();
    const body = collectionBody('TXN0001');
    const answered = kit
      .call('POST', '/merchant/v1/payments', { body, headers })
      .finally(() => (isAnswered = true));
    await kit.wire('GET', '/standard/v1/payments/TXN0001');
    await kit.clock.advance(19_999);
    await kit.wire('GET', '/standard/v1/payments/TXN0001');
    expect(isAnswered).toBe(false);
    await kit.clock.advance(1);
    expect((await answered).json.data.transaction.status).toBe('SUCCESS');
  });
});

interface Attempt {
  readonly ended: Promise<string>;
}

/** Sends a collection over a real connection; `ended` says what came back and how it ended. */
function overSocket(url: string, token: string): Attempt {
  const body = JSON.stringify(collectionBody('TXN0001'));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  const ended = new Promise<string>((resolve) => {
    socket.on('data', (chunk) => (text += chunk.toString('utf8')));
    socket.on('error', ({ message }) => resolve(message));
    socket.on('close', () => resolve(`closed after ${text.length} bytes`));
  });
  const head = [
    'POST /merchant/v1/payments/ HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    'x-country: KE',
    'x-currency: KES',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  return { ended };
}

/** Looks over the network too, so that the request has its turn; the looks are bounded. */
async function untilRequested(url: string): Promise<void> {
  for (let look = 0; look < 1000; look += 1) {
    const reply = await fetch(`${url}/sim/requests?limit=1`);
    if ((await reply.text()).includes('/merchant/v1/payments/')) return;
  }
  throw new Error('the request never arrived');
}

describe('a connection', () => {
  it.each(['syncLoss', 'notApplied'])('is reset by %s', async (knob) => {
    const kit = await readyKit({ [knob]: { rate: 1, mode: 'reset' } });
    const url = await kit.simulator.listen();
    expect(await overSocket(url, await kit.token()).ended).toBe('read ECONNRESET');
    await kit.clock.advance(5000);
    expect(await truthCount(kit)).toBe(knob === 'syncLoss' ? 1 : 0);
  });

  it.each([
    ['syncLoss', { syncLoss: { rate: 1, mode: 'hang' } }, 1],
    ['notApplied', { notApplied: { rate: 1, mode: 'hang' } }, 0],
    ['outage', { outage: 'hang' }, 0],
  ])('hangs by %s until it is cut', async (_name, knobs, settled) => {
    const kit = await readyKit({}, { hangMsMax: 30_000 });
    const url = await kit.simulator.listen();
    const token = await kit.token();
    await kit.knobs(knobs);
    const { ended } = overSocket(url, token);
    await untilRequested(url);
    await kit.clock.advance(30_000);
    expect(await ended).toBe('closed after 0 bytes');
    expect(await truthCount(kit)).toBe(settled);
  });

  it('that hangs does not keep the simulator from stopping', async () => {
    const kit = await readyKit({});
    const url = await kit.simulator.listen();
    const token = await kit.token();
    await kit.knobs({ outage: 'hang' });
    const { ended } = overSocket(url, token);
    await untilRequested(url);
    await kit.stop();
    expect(await ended).toMatch(/^closed after 0 bytes$|ECONNRESET/);
  });
});

describe('an outage', () => {
  it.each([
    ['refuse-500', 500, 'Something Went Wrong'],
    ['html', 503, '<html>'],
  ])('%s strikes every call but the admin’s', async (outage, status, words) => {
    const kit = await readyKit({ outage });
    for (const [method, path] of [
      ['POST', '/auth/oauth2/token'],
      ['POST', '/merchant/v1/payments/'],
      ['GET', '/standard/v1/users/balance'],
    ] as const) {
      const reply = await kit.call(method, path, { body: '{}' });
      expect(reply.status).toBe(status);
      expect(reply.text).toContain(words);
    }
    expect((await kit.admin('GET', '/health')).status).toBe(200);
    await kit.knobs({ outage: 'off' });
    expect((await collect(kit, 'TXN0001')).status).toBe(200);
  });

  it('of the rate-limit kind is HTTP 429', async () => {
    const kit = await readyKit({ rateLimit: 1 });
    expect((await kit.call('GET', '/standard/v1/users/balance')).status).toBe(429);
    await kit.knobs({ rateLimit: 0 });
    expect((await kit.wire('GET', '/standard/v1/users/balance')).status).toBe(200);
  });
});
