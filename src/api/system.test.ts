import { get, type IncomingMessage } from 'node:http';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Secret } from '#kernel';
import { createMask } from '#platform/log';

import { diagnosticsSchema, systemSchema } from './contract/index.ts';
import { createTestApi, type TestApi } from './test-kit.ts';

const secret = 'Pl4nted-consumer-secret-of-mpesa';
const planted = {
  secret,
  phone: '0712345678',
  receipt: 'SFC1A2B3C4',
  person: 'Wanjiku',
  token: 'abcDEF1234567890token',
  place: '/srv/njeri/qmoi',
};
const lines = [
  JSON.stringify({ level: 'info', module: 'intake', msg: `from ${planted.phone}` }),
  JSON.stringify({ level: 'warn', err: { message: `Bearer ${planted.token}` }, msg: 'refused' }),
  JSON.stringify({ level: 'warn', payerName: planted.person, msg: `by Jane ${planted.person}` }),
  `half a line about ${planted.receipt} and ${planted.secret} in ${planted.place}/data`,
];

let world: TestApi;
let away = false;
let runs: Awaited<ReturnType<TestApi['deps']['engine']['lastRuns']>> | undefined;
const refuse = (): Promise<never> =>
  Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));

beforeAll(async () => {
  const mask = createMask([new Secret(secret)]);
  world = await createTestApi((deps) => ({
    engine: {
      ...deps.engine,
      isRunning: () => (away ? refuse() : deps.engine.isRunning()),
      lastRuns: () => (runs === undefined ? deps.engine.lastRuns() : Promise.resolve(runs)),
    },
    surroundings: {
      ...deps.surroundings,
      support: { whatsapp: undefined, email: 'msaada@example.co.ke' },
      logLines: () => Promise.resolve(lines),
      hide: (text) => mask(text.replaceAll(planted.place, '<home>')),
    },
  }));
});
afterAll(() => world.close());
beforeEach(() => {
  away = false;
  runs = undefined;
});

describe('the system', () => {
  const path = '/api/qmoi/system';

  it('is told with sizes, versions and verdicts', async () => {
    const { status, json } = await world.ask({ path });
    expect(status).toBe(200);
    const told = systemSchema.parse(json);
    expect(told).toMatchObject({
      verdict: 'ok',
      engine: { verdict: 'ok', version: '1.2.3', node: process.versions.node, running: true },
      database: { verdict: 'ok', state: 'up', kind: 'embedded' },
      disks: [{ verdict: 'ok', name: 'data', folder: 'data/sandbox' }],
      proof: { verdict: 'ok', provedAt: null, checks: null, failed: [] },
      streams: { open: 0 },
      support: { whatsapp: null, email: 'msaada@example.co.ke' },
    });
    expect(told.database.version).toMatch(/^\d+\.\d+/);
    expect(told.database.sizeBytes).toBeGreaterThan(1_000_000);
    expect(told.cycles.map(({ kind }) => kind)).toEqual(['revenue', 'transfer-check', 'proof']);
  });

  it('says so when the database is away, and still tells the rest', async () => {
    away = true;
    const { status, json } = await world.ask({ path });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      verdict: 'broken',
      database: { verdict: 'broken', state: 'away', version: null, sizeBytes: null },
      engine: { running: null },
      memory: { verdict: 'ok' },
    });
  });

  it('tells what the last nightly proof came to', async () => {
    const at = world.clock.now();
    const run = { kind: 'proof', slotAt: at, startedAt: at, finishedAt: at } as const;
    runs = [{ ...run, outcome: { checks: 14, failed: ['wallets'] } }];
    const { json } = await world.ask({ path });
    expect(json).toMatchObject({
      verdict: 'broken',
      proof: { verdict: 'broken', checks: 14, failed: ['wallets'] },
    });
  });

  it('wants a look while the engine is stopped', async () => {
    await world.ask({ method: 'POST', path: '/api/qmoi/revenue/stop' });
    const { json } = await world.ask({ path });
    expect(json).toMatchObject({ verdict: 'look', engine: { verdict: 'look', running: false } });
    await world.ask({ method: 'POST', path: '/api/qmoi/revenue/start' });
  });
});

describe('the bundle for support', () => {
  const path = '/api/qmoi/diagnostics';

  it('holds none of what was planted, and no value of a setting', async () => {
    const told = await world.ask({ path });
    expect(told.status).toBe(200);
    expect(told.headers['content-disposition']).toBe(
      'attachment; filename="qmoi-diagnostics-2026-11-23.json"',
    );
    const bundle = diagnosticsSchema.parse(told.json);
    expect(bundle.log).toHaveLength(lines.length);
    expect(bundle.settings).toEqual([
      { name: 'QMOI_MODE', isSet: true },
      { name: 'DATABASE_URL', isSet: false },
    ]);
    for (const text of Object.values(planted)) expect(told.text).not.toContain(text);
    expect(told.text).not.toContain('Duka la Mama');
    expect(told.text).not.toContain('msaada@');
    expect(JSON.stringify(bundle.log)).toContain('<home>/data');
  });

  it('leaves a record of who made it', async () => {
    await world.ask({ path });
    const { json } = await world.ask({ path: '/api/qmoi/audit?action=diagnostics.made&limit=1' });
    expect(json.items[0]).toMatchObject({
      subject: 'engine:diagnostics',
      detail: { lines: lines.length },
    });
    expect(json.items[0].actor).toMatch(/^master:se_/);
  });

  it('is for those who are logged in', async () => {
    expect((await world.ask({ path, token: null })).status).toBe(401);
  });
});

describe('all other sessions', () => {
  const verify = '/api/qmoi/master/verify';
  const path = '/api/qmoi/master/sessions';

  it('end together, with their event streams, and the one that asks stays', async () => {
    const { url } = await world.api.listen({ host: '127.0.0.1', port: 0 });
    const [own, phone, till] = [await world.login(), await world.login(), await world.login()];
    const listen = (token: string): Promise<IncomingMessage> =>
      new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` };
        get(`${url}/api/qmoi/events`, { headers }, resolve).on('error', reject);
      });
    const [ownStream, phoneStream] = [await listen(own), await listen(phone)];
    const ended = new Promise((resolve) => {
      phoneStream
        .on('close', resolve)
        .on('error', () => undefined)
        .resume();
    });
    ownStream.resume();
    const told = await world.ask({ method: 'DELETE', path, token: own });
    expect(told.status).toBe(200);
    expect(told.json.ended).toBeGreaterThanOrEqual(2);
    await ended;
    expect(ownStream.destroyed).toBe(false);
    ownStream.destroy();
    for (const token of [phone, till]) {
      expect((await world.ask({ method: 'POST', path: verify, token })).status).toBe(401);
    }
    expect((await world.ask({ method: 'POST', path: verify, token: own })).status).toBe(200);
    const { json } = await world.ask({ path, token: own });
    expect(json.items).toHaveLength(1);
  });
});
