import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { parseId, shillings, type PushDeviceId } from '#kernel';
import { sql } from '#platform/db';
import type { JsonObject } from '#platform/outbox';

import { createTestBusiness, type TestBusiness } from '../../test/support/silent-business.ts';
import type { Topic } from './notes/topic.ts';
import { topics } from './notes/topic.ts';
import {
  createTestBrowser,
  readTestEndpoint,
  startPushService,
  type PushService,
  type TestBrowser,
} from './push-service-test-kit.ts';
import { createPushLine } from './sending/client.ts';
import { createNotify, type Notify, type NotifyDeps } from './service.ts';

const android =
  'Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/131.0.0.0 Mobile Safari/537.36';
const by = { kind: 'cli' } as const;

let world: TestBusiness;
let service: PushService;
let notify: Notify;
let names = 0;

beforeAll(async () => {
  world = await createTestBusiness();
});
afterAll(() => world.close());

beforeEach(async () => {
  service = await startPushService();
  notify = createOne();
  for (const table of ['push_device', 'push_note', 'push_reading', 'push_told', 'event']) {
    await sql`delete from ${sql.table(table)}`.execute(executor());
  }
});
afterEach(() => service.close());

const executor = () => world.business.database.executor;
const createOne = (change: Partial<NotifyDeps> = {}): Notify =>
  createNotify({
    ...world.business,
    contact: 'mailto:owner@duka.example',
    line: createPushLine({ mayReach: () => true }),
    readEndpoint: readTestEndpoint,
    ...change,
  });

async function subscribe(
  change: { readonly topics?: readonly Topic[]; readonly language?: 'en' | 'sw' } = {},
): Promise<TestBrowser & { readonly id: PushDeviceId }> {
  names += 1;
  const browser = createTestBrowser(service, `browser-${names}`);
  const { subscription } = browser;
  const order = { subscription, topics, language: 'en', userAgent: android, by } as const;
  const subscribed = await notify.subscribe({ ...order, ...change });
  if (!subscribed.ok) throw new Error(subscribed.error.kind);
  return { ...browser, id: subscribed.value.id };
}

const publish = (topic: string, payload: JsonObject) =>
  world.business.database.transaction((tx) =>
    world.business.outbox.publish(tx, [{ topic, payload }]),
  );

let payments = 0;
const pay = (amount: string) => {
  payments += 1;
  return publish('payment.confirmed', {
    paymentId: world.business.ids.next('payment'),
    rail: 'mpesa',
    receipt: `TKN${String(payments).padStart(7, '0')}`,
    amount: Number.parseInt(amount, 10),
    amountDecimal: amount,
    stream: 'consultation',
    streamName: 'Consultation',
    payer: 'ACHIENG 0712345678',
    occurredAt: world.clock.now(),
  });
};

const round = async (one: Notify = notify): Promise<void> => {
  await one.read();
  await one.look();
  await one.deliver();
};

/** What a browser was sent, opened. */
const told = (browser: TestBrowser) =>
  service.received
    .filter(({ path }) => browser.subscription.endpoint.endsWith(path))
    .map(({ body }) => browser.open(body));
const titles = (browser: TestBrowser) => told(browser).map(({ title }) => title);

describe('a device', () => {
  it('is kept sealed, once for a browser, and named by what it is', async () => {
    const browser = await subscribe({ topics: ['payments'] });
    const order = { topics: ['engine'], language: 'sw', userAgent: '', by } as const;
    const again = await notify.subscribe({ ...order, subscription: browser.subscription });
    expect(again).toMatchObject({ ok: true, value: { id: browser.id, topics: ['engine'] } });
    const [first, ...others] = await notify.devices();
    expect(others).toEqual([]);
    expect(first).toMatchObject({ language: 'sw', service: 'Test', label: 'Browser' });
    const { rows } = await sql<{ row: string }>`
      select push_device::text as row from push_device`.execute(executor());
    const kept = rows.map(({ row }) => row).join();
    expect(kept).not.toContain(service.url);
    expect(kept).not.toContain(browser.subscription.keys.auth);
    const hex = Buffer.from(browser.subscription.endpoint).toString('hex');
    expect(kept).not.toContain(hex);
  });

  it('is put on the list and taken off it on record', async () => {
    const { id } = await subscribe();
    expect(await notify.remove(id, by)).toBe(true);
    expect(await notify.remove(id, by)).toBe(false);
    const records = await world.business.audit.list(executor(), {
      limit: 2,
      filters: { subject: `push-device:${id}` },
    });
    expect(records).toMatchObject([
      { action: 'push-device.removed', detail: { label: 'Chrome on Android' } },
      { action: 'push-device.added' },
    ]);
  });

  it('is one of twenty', async () => {
    for (let n = 0; n < 20; n += 1) await subscribe();
    await expect(subscribe()).rejects.toThrow('too-many-devices');
  });

  it.each([
    { p256dh: 'AAAA', auth: Buffer.alloc(16).toString('base64url') },
    {
      p256dh: Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]).toString('base64url'),
      auth: Buffer.alloc(16).toString('base64url'),
    },
  ])('is refused with keys nothing can be encrypted to: %j', async (keys) => {
    const subscription = { endpoint: `${service.url}/x`, keys };
    const order = { topics: ['engine'], language: 'en', userAgent: '', by } as const;
    const refused = await notify.subscribe({ ...order, subscription });
    expect(refused).toEqual({ ok: false, error: { kind: 'push-keys-unusable' } });
  });

  it('is known by the same server keys after a restart', async () => {
    const key = await notify.publicKey();
    expect(await createOne().publicKey()).toBe(key);
    expect(Buffer.from(key, 'base64url')).toHaveLength(65);
  });
});

describe('a payment', () => {
  it('is told with its amount, and with nothing of its payer', async () => {
    const browser = await subscribe();
    await pay('1500.50');
    await round();
    const [note, ...more] = told(browser);
    expect(more).toEqual([]);
    expect(note).toMatchObject({
      title: 'KES 1,500.50 received',
      body: expect.stringMatching(/^M-Pesa · Consultation · receipt …\d{4} · 10:00$/),
      path: expect.stringMatching(/^\/payments\/pay_/),
    });
    expect(JSON.stringify(note)).not.toMatch(/0712345678|ACHIENG|TKN/);
    expect(service.received[0]).toMatchObject({
      urgency: 'high',
      ttl: 3_600,
      subject: 'mailto:owner@duka.example',
    });
  });

  it('is told in the language of the device', async () => {
    const browser = await subscribe({ language: 'sw' });
    await pay('200.00');
    await round();
    expect(titles(browser)).toEqual(['Umepokea KES 200']);
  });

  it('is told once, whoever looks and however often', async () => {
    const browser = await subscribe();
    await pay('100.00');
    await Promise.all([round(), round(createOne())]);
    await round();
    await world.clock.advance(60_000);
    await round();
    expect(titles(browser)).toEqual(['KES 100 received']);
  });

  it('of many in half a minute is told with the others', async () => {
    const browser = await subscribe();
    await pay('100.00');
    await round();
    for (const amount of ['1000.00', '1500.00', '2000.00']) {
      await world.clock.advance(2_000);
      await pay(amount);
      await round();
    }
    expect(titles(browser)).toHaveLength(1);
    await world.clock.advance(24_000);
    await round();
    expect(told(browser)[1]).toMatchObject({
      title: '3 payments, KES 4,500',
      body: 'Confirmed at 10:01',
      path: '/payments',
    });
    expect(new Set(told(browser).map(({ tag }) => tag)).size).toBe(2);
  });

  it('of a rush is counted to the last one', async () => {
    const browser = await subscribe({ topics: ['payments'] });
    const news = Array.from({ length: 4_500 }, () => ({
      topic: 'payment.confirmed',
      payload: { paymentId: world.business.ids.next('payment'), rail: 'airtel', amount: 10 },
    }));
    await world.business.database.transaction((tx) => world.business.outbox.publish(tx, news));
    while (await notify.read()) {
      // More is to be read.
    }
    await notify.deliver();
    expect(titles(browser)).toEqual(['4500 payments, KES 45,000']);
  });

  it('that commits after a later one is told too', async () => {
    const browser = await subscribe();
    const gate = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const slow = world.business.database.transaction(async (tx) => {
      const payload = { paymentId: world.business.ids.next('payment'), rail: 'mpesa', amount: 7 };
      await world.business.outbox.publish(tx, [{ topic: 'payment.confirmed', payload }]);
      written.resolve();
      await gate.promise;
    });
    await written.promise;
    await world.clock.advance(5_000);
    await pay('100.00');
    await round();
    gate.resolve();
    await slow;
    await world.clock.advance(31_000);
    await round();
    expect(titles(browser)).toEqual(['KES 100 received', 'KES 7 received']);
  });

  it('from before there was a device is not told', async () => {
    await pay('100.00');
    await world.clock.advance(1);
    const first = await subscribe();
    await round();
    await pay('200.00');
    await world.clock.advance(1);
    const second = await subscribe();
    await round();
    expect([titles(first), titles(second)]).toEqual([['KES 200 received'], []]);
    await notify.remove(first.id, by);
    await notify.remove(second.id, by);
    await pay('300.00');
    await round();
    await world.clock.advance(1);
    const third = await subscribe();
    await round();
    expect(titles(third)).toEqual([]);
  });
});

describe('a push service', () => {
  it('that says 410 is not asked again, and the device is gone on record', async () => {
    const browser = await subscribe();
    service.answer = () => ({ status: 410 });
    await pay('100.00');
    await round();
    await pay('100.00');
    await round();
    expect(service.received).toHaveLength(1);
    expect(await notify.devices()).toEqual([]);
    const [record] = await world.business.audit.list(executor(), {
      limit: 1,
      filters: { subject: `push-device:${browser.id}` },
    });
    expect(record).toMatchObject({
      actor: { kind: 'engine', part: 'notify' },
      action: 'push-device.removed',
      detail: { reason: 'status 410' },
    });
  });

  it('that says 429 is left alone as long as it asks, and gets the sum afterwards', async () => {
    const browser = await subscribe();
    service.answer = () => ({ status: 429, headers: { 'retry-after': '120' } });
    await pay('100.00');
    await round();
    expect(await notify.devices()).toMatchObject([
      { failures: 1, failure: 'status 429', retryAt: world.clock.now() + 120_000 },
    ]);
    await world.clock.advance(60_000);
    await pay('200.00');
    await pay('300.00');
    await round();
    expect(service.received).toHaveLength(1);
    service.answer = () => ({ status: 201 });
    await world.clock.advance(61_000);
    await round();
    const [refused, again, ...more] = told(browser);
    expect(refused?.tag).toBe(again?.tag);
    expect([again, ...more].map((note) => note?.title)).toEqual([
      'KES 100 received',
      '2 payments, KES 500',
    ]);
    const [device] = await notify.devices();
    expect(device).toMatchObject({ failures: 0, deliveredAt: world.clock.now() });
    expect(device?.failure).toBeUndefined();
  });

  it('that is broken is asked less and less often, and the other devices hear', async () => {
    const broken = await subscribe();
    const well = await subscribe();
    service.answer = ({ path }) => ({
      status: broken.subscription.endpoint.endsWith(path) ? 503 : 201,
    });
    await publish('engine.stopped', { reason: 'call 0712345678' });
    const attemptsAt: number[] = [];
    const startAt = world.clock.now();
    for (let n = 0; n < 60; n += 1) {
      const before = told(broken).length;
      await round();
      if (told(broken).length > before) attemptsAt.push((world.clock.now() - startAt) / 1000);
      await world.clock.advance(15_000);
    }
    expect(attemptsAt).toEqual([0, 30, 90, 210, 450]);
    expect(told(well)).toEqual([
      {
        title: 'The engine was stopped',
        body: 'Nothing goes out until it is started. Income is still recorded.',
        path: '/',
        tag: expect.stringMatching(/^engine-pn_/),
      },
    ]);
  });

  it('that refuses a note is not sent it again', async () => {
    await subscribe();
    service.answer = () => ({ status: 400 });
    await pay('100.00');
    await round();
    await world.clock.advance(60_000);
    await round();
    expect(service.received).toHaveLength(1);
    expect(await notify.devices()).toMatchObject([{ failure: 'status 400', failures: 1 }]);
  });

  it('that cuts the line gets a note once more, with the same tag, and no oftener', async () => {
    const browser = await subscribe();
    service.answer = () => 'cut';
    await pay('100.00');
    for (let n = 0; n < 10; n += 1) {
      await round();
      await world.clock.advance(120_000);
    }
    const tags = told(browser).map(({ tag }) => tag);
    expect(tags).toHaveLength(2);
    expect(new Set(tags).size).toBe(1);
  });

  it('that cannot be reached loses nothing', async () => {
    const browser = await subscribe();
    const away = createOne({
      line: { send: () => Promise.resolve({ kind: 'not-sent', cause: 'ENOTFOUND' }) },
    });
    await pay('100.00');
    await round(away);
    expect(await notify.devices()).toMatchObject([{ failure: 'ENOTFOUND' }]);
    await world.clock.advance(30_000);
    await round();
    expect(titles(browser)).toEqual(['KES 100 received']);
  });

  it('is told no more than fifty things of long ago', async () => {
    const browser = await subscribe({ topics: ['transfers'] });
    service.answer = () => ({ status: 503 });
    for (let n = 0; n < 60; n += 1) {
      const transferId = world.business.ids.next('transfer');
      await publish('transfer.failed', { transferId, rail: 'mpesa', amount: 100, detail: 'x' });
    }
    await round();
    const { rows } = await sql`select from push_note`.execute(executor());
    expect(rows).toHaveLength(50);
    await world.clock.advance(25 * 3_600_000);
    service.answer = () => ({ status: 201 });
    const before = told(browser).length;
    await round();
    expect(told(browser)).toHaveLength(before);
    const left = await sql`select from push_note`.execute(executor());
    expect(left.rows).toEqual([]);
  });
});

describe('a process that dies', () => {
  it('after it sent and before it said so repeats the note once, in the same place', async () => {
    const browser = await subscribe();
    let crashes = 0;
    const dying = createOne({
      line: {
        send: async (request) => {
          await createPushLine({ mayReach: () => true }).send(request);
          crashes += 1;
          throw new Error('the process died');
        },
      },
    });
    await pay('100.00');
    await dying.read();
    for (let n = 0; n < 5; n += 1) {
      await dying.deliver().catch(() => undefined);
      // Its claim holds for a minute.
      await notify.deliver();
      await world.clock.advance(61_000);
    }
    expect(crashes).toBe(2);
    const tags = told(browser).map(({ tag }) => tag);
    expect(tags).toHaveLength(2);
    expect(new Set(tags).size).toBe(1);
  });

  it('before it sent leaves the note to the next', async () => {
    const browser = await subscribe();
    const dying = createOne({
      line: { send: () => Promise.reject(new Error('the process died')) },
    });
    await pay('100.00');
    await dying.read();
    await dying.deliver().catch(() => undefined);
    await notify.deliver();
    expect(titles(browser)).toEqual([]);
    await world.clock.advance(60_000);
    await notify.deliver();
    expect(titles(browser)).toEqual(['KES 100 received']);
  });
});

describe('what no event tells', () => {
  const standingWith = async (today: number) => {
    const { targets } = world.business;
    const standing = await targets.standing();
    const minor = shillings(today);
    return {
      ...targets,
      standing: () =>
        Promise.resolve({ ...standing, today: { mpesa: minor, airtel: 0n, combined: minor } }),
    };
  };

  it('is told once a day of each target', async () => {
    const browser = await subscribe({ topics: ['targets'] });
    for (const today of [9_999, 10_000, 12_000, 20_000]) {
      const one = createOne({ targets: await standingWith(today) });
      await one.look();
      await one.deliver();
    }
    expect(titles(browser)).toEqual([
      "M-Pesa: today's target is reached",
      "Today's target is reached",
    ]);
    expect(told(browser)[1]).toMatchObject({ body: 'KES 20,000 confirmed.', path: '/targets' });
    await world.clock.advance(24 * 3_600_000);
    const next = createOne({ targets: await standingWith(10_000) });
    await next.look();
    await next.deliver();
    expect(titles(browser)).toHaveLength(3);
  });

  it('is told after midnight of a day below its minimum', async () => {
    const browser = await subscribe({ topics: ['minimum'] });
    await round();
    expect(titles(browser)).toEqual([]);
    await world.clock.advance(14 * 3_600_000);
    await round();
    await round();
    expect(told(browser)).toMatchObject([
      {
        title: 'Below the minimum: M-Pesa, Airtel Money, together',
        body: expect.stringMatching(/^KES 0 was confirmed on \d\d\/11\/2026\.$/),
      },
    ]);
  });

  it('is told of a storm, and of the next one only after it was calm', async () => {
    const browser = await subscribe({ topics: ['weather'] });
    const [report] = await world.business.weather.report();
    if (report === undefined) throw new Error('a rail is watched');
    const under = (sky: 'stormy' | 'changeable' | 'fair') =>
      createOne({ weather: { report: () => Promise.resolve([{ ...report, sky }]) } });
    for (const sky of ['fair', 'stormy', 'changeable', 'stormy', 'fair', 'stormy'] as const) {
      const one = under(sky);
      await one.look();
      await one.deliver();
      await world.clock.advance(3_600_000);
    }
    expect(titles(browser)).toEqual(['M-Pesa hardly answers', 'M-Pesa hardly answers']);
  });
});

describe('a topic', () => {
  it('that was not chosen is not told', async () => {
    const browser = await subscribe({ topics: ['password'] });
    await pay('100.00');
    await publish('engine.stopped', { reason: 'x' });
    await publish('operator.password', { rail: 'mpesa', setOn: '2026-08-30', daysLeft: 7 });
    await round();
    expect(titles(browser)).toEqual(["M-Pesa: the operator's password ends in 7 days"]);
  });

  it('takes what another would tell as well', async () => {
    const both = await subscribe({ topics: ['exceptions', 'transfers', 'weather'] });
    const one = await subscribe({ topics: ['exceptions'] });
    const { collections, database } = world.business;
    const trouble = { rail: 'mpesa', amountMinor: 100n, detail: { note: '0712345678' } } as const;
    await database.transaction((tx) =>
      collections.openExceptions(tx, [
        { ...trouble, kind: 'unknown-transfer', subject: 'tr' },
        { ...trouble, kind: 'rail-locked', subject: 'lock' },
        { ...trouble, kind: 'overpaid', subject: '254712345678' },
      ]),
    );
    await round();
    expect(titles(both).toSorted()).toEqual([
      'A charge was paid with more',
      'Nobody knows what became of a transfer',
    ]);
    expect(titles(one).toSorted()).toEqual([
      '2 things to look at',
      'Nobody knows what became of a transfer',
    ]);
    expect(JSON.stringify([told(both), told(one)])).not.toContain('712345678');
  });
});

describe('a test', () => {
  it('is sent at once, and says how it went', async () => {
    const browser = await subscribe({ language: 'sw' });
    expect(await notify.test(browser.id)).toMatchObject({ ok: true, value: { failures: 0 } });
    expect(told(browser)).toEqual([
      {
        title: 'Hii ni taarifa ya majaribio',
        body: 'Taarifa zinafika kwenye kifaa hiki.',
        path: '/settings',
        tag: 'test',
      },
    ]);
    service.answer = () => ({ status: 500 });
    expect(await notify.test(browser.id)).toEqual({
      ok: false,
      error: { kind: 'note-not-taken', service: 'Test', why: 'status 500' },
    });
    service.answer = () => ({ status: 404 });
    expect(await notify.test(browser.id)).toEqual({ ok: false, error: { kind: 'device-gone' } });
    expect(await notify.test(browser.id)).toEqual({ ok: false, error: { kind: 'no-such-device' } });
    const none = parseId('pushDevice', 'pd_0000000000000');
    expect(none.ok && (await notify.remove(none.value, by))).toBe(false);
  });
});
