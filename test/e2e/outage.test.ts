import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  eventually,
  freePort,
  makeInstallation,
  pause,
  type Installation,
  type Json,
  type RunningInstallation,
} from '../support/engine-process.ts';
import { openProviders, shortCode, type Providers } from '../support/simulator-process.ts';

const payer = '254722000222';
const quick = {
  timings: {
    promptDelayMs: { min: 50, max: 200 },
    settleDelayMs: { min: 50, max: 200 },
    callbackLagMs: { min: 20, max: 100 },
    confirmationLagMs: { min: 20, max: 100 },
  },
};

/** What goes wrong around a running engine: strangers, its database, its provider. */
describe('an engine in bad company', () => {
  let installation: Installation;
  let providers: Providers;
  let engine: RunningInstallation;

  beforeAll(async () => {
    const port = await freePort();
    providers = await openProviders(port, { mpesa: quick });
    await providers.mpesa.post('/sim/phones', {
      msisdn: payer,
      name: 'PAYER',
      balance: 400_000,
      script: { onPrompt: 'approve', afterMs: 50 },
    });
    installation = await makeInstallation({ ...providers.settings, QMOI_PORT: String(port) });
    engine = await installation.start();
  }, 90_000);

  afterAll(async () => {
    await installation.remove();
    await providers.stop();
  }, 90_000);

  const pay = async (amount: number): Promise<string> => {
    const order = { shortCode, accountReference: 'AI', amount };
    const { receipt } = await providers.mpesa.post(`/sim/phones/${payer}/pay`, order);
    return String(receipt);
  };
  const total = async (): Promise<number> => {
    const { total: sums } = (await engine.get('/api/qmoi/revenue/status')) as {
      total: { combined: number };
    };
    return sums.combined;
  };
  const booked = async (receipt: string): Promise<Json | false> => {
    const { items } = (await engine.get(`/api/qmoi/revenue/transactions?receipt=${receipt}`)) as {
      items: Json[];
    };
    return items[0] ?? false;
  };
  const hook = (path: string, body: string, contentType = 'application/json') =>
    fetch(`${engine.url}/hooks/${path}`, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
  const addressOf = async (channel: string): Promise<string> => {
    const { out } = await installation.command('addresses', '--json');
    const { items } = JSON.parse(out) as { items: { url: string }[] };
    const url = items.map((item) => item.url).find((one) => one.includes(`/${channel}/`));
    return url?.split('/hooks/')[1] ?? '';
  };
  const proved = async (): Promise<unknown> => {
    const { checks } = (await engine.get('/api/qmoi/proof')) as { checks: { ok: boolean }[] };
    return checks.filter((check) => !check.ok);
  };

  const confirmation = (receipt: string, amount: string, code = shortCode): string =>
    JSON.stringify({
      TransactionType: 'Pay Bill',
      TransID: receipt,
      TransTime: '20261123101112',
      TransAmount: amount,
      BusinessShortCode: code,
      BillRefNumber: 'AI',
      InvoiceNumber: '',
      OrgAccountBalance: '',
      ThirdPartyTransID: '',
      MSISDN: '2547 ***** 222',
      FirstName: 'FORGER',
      MiddleName: '',
      LastName: '',
    });

  it('counts nothing that strangers send, and answers each as it should', async () => {
    const before = await total();
    const address = await addressOf('paybill-confirmation');
    const forgedToken = `paybill-confirmation/${'0'.repeat(48)}`;
    expect((await hook(forgedToken, confirmation('FORGED0001', '900.00'))).status).toBe(200);
    expect((await hook('stk-result/nonsense', '{}')).status).toBe(200);
    expect((await hook(address, confirmation('FORGED0002', '900.00', '999999'))).status).toBe(200);
    expect((await hook(address, '{"TransID":')).status).toBe(200);
    expect((await hook(address, '')).status).toBe(200);
    expect((await hook(address, 'x'.repeat(100_000))).status).toBe(413);
    expect((await hook(address, confirmation('FORGED0003', '-5'), 'text/plain')).status).toBe(200);
    expect((await hook('no-such-channel/abc', '{}')).status).toBe(404);
    expect((await fetch(`${engine.url}/hooks/${address}`)).status).toBe(405);
    expect(await total()).toBe(before);
    for (const receipt of ['FORGED0001', 'FORGED0002', 'FORGED0003']) {
      expect(await booked(receipt)).toBe(false);
    }
    const { items } = (await engine.get('/api/qmoi/exceptions?state=open')) as {
      items: { kind: string }[];
    };
    const kinds = new Set(items.map(({ kind }) => kind));
    expect(kinds).toContain('forged-callback');
    expect(kinds).toContain('unreadable-callback');
  });

  it('books one payment of fifty deliveries at once', async () => {
    const receipt = await pay(111);
    await eventually('it is booked', () => booked(receipt));
    const before = await total();
    const { callbacks } = (await providers.mpesa.get('/sim/callbacks?limit=50')) as unknown as {
      callbacks: { body: string; url: string }[];
    };
    const original = callbacks.find(({ body }) => body.includes(receipt));
    const path = original?.url.split('/hooks/')[1] ?? '';
    const again = Array.from({ length: 50 }, () => hook(path, original?.body ?? ''));
    const answers = await Promise.all(again);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await total()).toBe(before);
  });

  it('loses nothing while its database is dead, and brings it back', async () => {
    const before = await total();
    const pidFile = join(installation.home, 'data/sandbox/postgres/cluster/postmaster.pid');
    const postmaster = Number((await readFile(pidFile, 'utf8')).split('\n')[0]);
    process.kill(postmaster, 'SIGKILL');
    const receipts: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      receipts.push(await pay(10));
      await pause(50);
    }
    for (const receipt of receipts) {
      await eventually(`${receipt} is booked`, () => booked(receipt).catch(() => false));
    }
    expect(await total()).toBe(before + 200);
    const { callbacks } = (await providers.mpesa.get('/sim/callbacks?limit=100')) as unknown as {
      callbacks: { body: string; httpStatus: number | null }[];
    };
    const ours = callbacks.filter(({ body }) => receipts.some((one) => body.includes(one)));
    expect(new Set(ours.map(({ httpStatus }) => httpStatus))).toEqual(new Set([200]));
    expect(await proved()).toEqual([]);
  }, 120_000);

  const charge = async (amount: number): Promise<string> => {
    const answer = await engine.post('/api/qmoi/charges', {
      stream: 'automation',
      amount,
      phone: payer,
      consent: { basis: 'payer-act' },
    });
    return ((await answer.json()) as { id: string }).id;
  };
  const chargeState = async (id: string): Promise<unknown> =>
    ((await engine.get(`/api/qmoi/charges/${id}`)) as { charge: { state: string } }).charge.state;

  it('books a payment once whose answer was lost on the way', async () => {
    await providers.mpesa.put('/sim/knobs', { syncLoss: { rate: 1, mode: '500' } });
    const id = await charge(321);
    await eventually('the answer is lost', async () => {
      const state = await chargeState(id);
      return state === 'unknown' || state === 'paid';
    });
    await providers.mpesa.put('/sim/knobs', { syncLoss: { rate: 0, mode: '500' } });
    await eventually('it is paid', async () => (await chargeState(id)) === 'paid', 150_000);
    const { payments } = (await engine.get(`/api/qmoi/charges/${id}`)) as { payments: string[] };
    expect(payments).toHaveLength(1);
  }, 180_000);

  it('shows nothing as paid while its provider is gone, and goes on afterwards', async () => {
    await providers.mpesa.kill();
    const id = await charge(45);
    await pause(2_000);
    expect(['open', 'prompting']).toContain(await chargeState(id));
    await providers.mpesa.start();
    await eventually('it is paid', async () => (await chargeState(id)) === 'paid', 90_000);
    expect(await proved()).toEqual([]);
  }, 120_000);
});
