import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPrng } from '#kernel';

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

interface SimulatedCallback {
  readonly kind: string;
  readonly body: string;
  readonly state: string;
  readonly httpStatus: number | null;
}

interface Item {
  readonly receipt: string;
  readonly amount: number;
}

const seed = 20_261_123;
const kills = 6;
const phone = (n: number): string => `2547220001${String(n).padStart(2, '0')}`;
const phones = 20;

const receiptOf = ({ body }: SimulatedCallback): string | undefined =>
  /"(?:TransID)":"([A-Z0-9]{10})"/.exec(body)?.[1] ??
  /"Name":"MpesaReceiptNumber","Value":"([A-Z0-9]{10})"/.exec(body)?.[1];

/**
 * `kill -9` at random moments under load. What was answered 200 must be booked, once; what the
 * provider says of a prompt must be what the books say, whoever died in between.
 */
describe(`an engine that is killed ${kills} times under load (seed ${seed})`, () => {
  const prng = createPrng(seed);
  let installation: Installation;
  let providers: Providers;
  let engine: RunningInstallation;
  const load = new AbortController();
  const accepted: { amount: number; receipt: string }[] = [];

  beforeAll(async () => {
    const port = await freePort();
    providers = await openProviders(port, { mpesa: { timings: quickTimings } });
    for (let n = 0; n < phones; n += 1) {
      await providers.mpesa.post('/sim/phones', {
        msisdn: phone(n),
        name: `PAYER ${n}`,
        balance: 200_000,
        script: { onPrompt: 'approve', afterMs: 100 },
      });
    }
    installation = await makeInstallation({ ...providers.settings, QMOI_PORT: String(port) });
    engine = await installation.start();
  }, 90_000);

  afterAll(async () => {
    load.abort();
    await installation.remove();
    await providers.stop();
  }, 90_000);

  /** Payers pay whether or not anybody listens. */
  const payByPaybill = async (): Promise<void> => {
    for (let n = 0; !load.signal.aborted; n += 1) {
      const amount = prng.between(10, 900);
      const accountReference = prng.pick(['TRADING', 'AI', 'consult', 'nobody']);
      const order = { shortCode, accountReference, amount };
      const paid = await providers.mpesa
        .post(`/sim/phones/${phone(n % phones)}/pay`, order)
        .catch(() => undefined);
      if (paid !== undefined) accepted.push({ amount, receipt: String(paid['receipt']) });
      await pause(25);
    }
  };

  const buyByPrompt = async (): Promise<void> => {
    for (let n = 0; !load.signal.aborted; n += 1) {
      const charge = {
        stream: 'automation',
        amount: prng.between(10, 500),
        phone: phone(n % phones),
      };
      await engine.post('/api/qmoi/charges', { ...charge, consent }).catch(() => undefined);
      await pause(400);
    }
  };

  it('starts again each time', async () => {
    const loading = Promise.all([payByPaybill(), buyByPrompt()]);
    for (let n = 0; n < kills; n += 1) {
      await pause(prng.between(500, 3_000));
      await engine.kill();
      await pause(prng.between(0, 500));
      engine = await installation.start();
    }
    await pause(2_000);
    load.abort();
    await loading;
    expect(accepted.length).toBeGreaterThan(50);
  }, 180_000);

  it('has booked every callback it answered with 200, once and for its amount', async () => {
    const answered = await eventually('all callbacks have been sent', async () => {
      const { callbacks } = (await providers.mpesa.get('/sim/callbacks?limit=5000')) as unknown as {
        callbacks: SimulatedCallback[];
      };
      const open = callbacks.some(({ state }) => state === 'pending' || state === 'sending');
      return !open && callbacks.filter(({ httpStatus }) => httpStatus === 200);
    });
    const receipts = new Set(answered.map(receiptOf).filter((receipt) => receipt !== undefined));
    expect(receipts.size).toBeGreaterThan(20);
    const booked = await eventually('the spool is empty and claims are judged', async () => {
      const items = await allPayments();
      const known = new Set(items.map(({ receipt }) => receipt));
      return [...receipts].every((receipt) => known.has(receipt)) && items;
    });
    expect(new Set(booked.map(({ receipt }) => receipt)).size).toBe(booked.length);
    const { transactions } = (await providers.mpesa.get('/sim/truth?limit=5000')) as unknown as {
      transactions: { receipt: string; amount: string; kind: string }[];
    };
    const truth = new Map(transactions.map((one) => [one.receipt, Number(one.amount)]));
    for (const { receipt, amount } of booked) expect(amount).toBe(truth.get(receipt));
  }, 90_000);

  it('lost no prompted payment, even where the callback was lost', async () => {
    const stk = await eventually(
      'every prompt is settled',
      async () => {
        const { transactions } = (await providers.mpesa.get(
          '/sim/truth?limit=5000',
        )) as unknown as { transactions: { receipt: string; kind: string }[] };
        const taken = transactions.filter(({ kind }) => kind === 'stk');
        const { items } = (await engine.get('/api/qmoi/charges?limit=200')) as unknown as {
          items: { state: string; reason: string | null }[];
        };
        const paid = items.filter(({ state }) => state === 'paid');
        return items.every(isEnded) && paid.length === taken.length && taken;
      },
      150_000,
    );
    const booked = new Set((await allPayments()).map(({ receipt }) => receipt));
    const lost = stk.filter(({ receipt }) => !booked.has(receipt));
    expect(lost).toEqual([]);
  }, 180_000);

  it('has books that prove', async () => {
    const { ok, checks } = (await engine.get('/api/qmoi/proof')) as {
      ok: boolean;
      checks: { ok: boolean }[];
    };
    expect(checks.filter((check) => !check.ok)).toEqual([]);
    expect(ok).toBe(true);
  });

  const allPayments = async (): Promise<readonly Item[]> => {
    const all: Item[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const after = cursor === '' ? '' : `&cursor=${cursor}`;
      const path = `/api/qmoi/revenue/transactions?limit=200${after}`;
      const page = (await engine.get(path)) as unknown as {
        items: Item[];
        nextCursor: string | null;
      };
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    return all;
  };
});

const consent = { basis: 'payer-act' };

/** Killed between its intent and its first byte, a prompt is no payment, and openly unknown. */
const isEnded = ({ state, reason }: { state: string; reason: string | null }): boolean =>
  !['prompting', 'prompted', 'unknown'].includes(state) ||
  (state === 'unknown' && reason === 'answer-lost');

const quickTimings: Json = {
  promptDelayMs: { min: 100, max: 400 },
  settleDelayMs: { min: 100, max: 600 },
  callbackLagMs: { min: 20, max: 200 },
  confirmationLagMs: { min: 20, max: 300 },
  resultDelayMs: { min: 100, max: 800 },
};
