import { createECDH } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  idFromNumber,
  idNumberAt,
  isoOf,
  numberFromId,
  parseId,
  type IdKind,
  type RailId,
} from '#kernel';
import type { PaymentFilter } from '#collections';
import { sql } from '#platform/db';
import type { WalletNames } from '#rails';

import { growBooks } from '../../test/support/grown-books.ts';
import { createEar, explain } from '../../test/support/plans.ts';
import { everyPayment } from './payment-search.ts';
import { createTestApi, type TestApi } from './test-kit.ts';

/**
 * Whatever the API answers and the engine does every few seconds has to do with ten million
 * payments: every statement that is really sent is explained against books that have grown.
 */

const ear = createEar();
const walletNames = new Map<RailId, WalletNames>([
  ['mpesa', { collection: 'Utility Account', payout: 'Utility Account' }],
  ['airtel', { collection: 'collection', payout: 'disbursement' }],
]);
let world: TestApi;

beforeAll(async () => {
  world = await createTestApi(undefined, { through: ear.through, walletNames });
  await callbacks('BEFORE');
  await growBooks(world.connectionString, world.clock.now());
  ear.take();
}, 60_000);
afterAll(() => world.close());

const faults = () => explain(world.connectionString, ear.take());

/** Money for a stream, for a charge, for nothing that is known, and somebody who forges some. */
async function callbacks(receipt: string): Promise<void> {
  await world.pay({ receipt: `${receipt}1`, kes: 100, reference: 'TRADING' });
  await world.pay({ receipt: `${receipt}2`, kes: 100, reference: 'K7M2PX9' });
  const { json } = await world.ask({
    method: 'POST',
    path: '/api/qmoi/charges',
    body: {
      stream: 'trading',
      amount: 100,
      phone: '0712345678',
      consent: { basis: 'payer-act' },
    },
  });
  await world.business.collections.sendPrompts();
  const charge = parseId('charge', String(json.id));
  if (!charge.ok) throw new Error('a charge was made');
  const [prompt] = await world.business.collections.promptsOf(charge.value);
  if (prompt === undefined) throw new Error('its phone was prompted');
  const event = {
    kind: 'prompt-result',
    verdict: 'paid',
    code: '0',
    description: 'paid',
    providerRequestId: `req-${prompt.ownId}`,
    receipt: `${receipt}3`,
    amountMinor: '10000',
    payer: '254712345678',
    occurredAt: world.clock.now(),
  };
  for (const subject of [numberFromId(prompt.id), 12_345n]) {
    const token = world.business.tokens.tokenFor({ channel: 'stk-result', subject });
    const path = `/hooks/stk-result/${token}`;
    await world.ask({ method: 'POST', path, body: JSON.stringify(event), token: null });
  }
}

/** Wallets as they were reported a moment ago: the books have to say what has moved since. */
async function reportWallets(): Promise<void> {
  const at = isoOf(world.clock.now() - 60_000);
  await sql`
    insert into balance_report (
      business_id, id, rail, account, available_minor, reported_at, asked_at
    ) values (1, 1, 'mpesa', 'Utility Account', 100, ${at}, ${at}),
      (1, 2, 'airtel', 'disbursement', 100, ${at}, ${at})
    on conflict do nothing`.execute(world.business.database.executor);
}

/** All there is but proof, which reads everything, and reconciliation, which reads a day. */
async function readEverything(): Promise<void> {
  const now = world.clock.now();
  const old = (kind: IdKind) => idFromNumber(kind, idNumberAt(now - 50 * 86_400_000));
  const [first, last] = ['2026-08-20', '2026-11-20'];
  const payments = '/api/qmoi/revenue/transactions';
  const lists: readonly (readonly [string, IdKind, readonly string[]])[] = [
    [
      payments,
      'payment',
      [
        'rail=airtel',
        'rail=mpesa',
        'stream=utilities',
        'stream=airtime',
        'stream=trading',
        'state=suspense',
        'state=earned',
        'state=credit',
        'receipt=grown 7',
        'receipt=none',
        'phone=0712345678',
        `from=${last}`,
        `to=${first}`,
        `from=${first}&to=${first}`,
        `from=${first}&to=${last}`,
        `from=${last}&to=${last}&state=suspense`,
        'rail=airtel&stream=utilities',
        'rail=mpesa&state=suspense',
        'limit=200&rail=airtel',
        `stream=airtime&from=${first}&to=${first}`,
        `rail=airtel&from=${last}&to=${last}`,
        `limit=200&stream=trading&rail=mpesa&from=${first}&to=${last}`,
        'amountFrom=100&amountTo=100',
        'amountFrom=7777&amountTo=7777',
        'amountFrom=7777',
        'amountTo=150.50&rail=airtel',
        'amountFrom=50&amountTo=99&stream=utilities',
        `amountFrom=100&amountTo=100&from=${last}&to=${last}`,
        `amountFrom=50&amountTo=99&from=${first}&to=${last}`,
      ],
    ],
    [
      '/api/qmoi/charges',
      'charge',
      [
        'state=paid',
        'state=declined',
        'state=prompted',
        'state=open',
        'state=unknown',
        'reference=7K2M9QXD',
        'phone=0712345678',
        'phone=0712345678&state=open',
        'amount=100',
        'amount=100&state=open',
        'phone=0712345678&amount=100',
      ],
    ],
    ['/api/qmoi/exceptions', 'exception', ['state=open', 'state=resolved']],
    [
      '/api/qmoi/revenue/transfers',
      'transfer',
      ['rail=airtel', 'rail=mpesa', 'state=failed', 'kind=refund', 'rail=mpesa&state=unknown'],
    ],
    [
      '/api/qmoi/audit',
      'audit',
      [
        'actor=cli',
        'actor=payer',
        'action=target.changed',
        'subject=grown 7',
        `from=${first}&to=${first}`,
        'action=nothing',
        `to=${first}`,
        `from=${last}`,
      ],
    ],
    ['/api/qmoi/statements', 'statement', []],
  ];
  for (const [path, kind, filters] of lists) {
    for (const filter of ['', ...filters]) {
      await get(`${path}?${filter}`);
      await get(`${path}?${filter}&cursor=${old(kind)}`);
    }
  }
  for (const path of [
    '/api/qmoi/revenue/status',
    '/api/qmoi/revenue/streams',
    '/api/qmoi/revenue/transfers/preview?type=mpesa&amount=50&kind=auto',
    '/api/qmoi/revenue/transfers/preview?type=mpesa&amount=50&kind=top-up',
    '/api/qmoi/revenue/payees',
    '/api/qmoi/master/sessions',
    '/api/qmoi/weather?hours=48',
    '/api/qmoi/push',
    '/api/qmoi/health',
    '/api/qmoi/system',
    '/api/qmoi/diagnostics',
    '/api/qmoi/counter/receipts/AFTER1',
    '/api/qmoi/counter/receipts/NONE',
    `${payments}/AFTER1`,
    `${payments}/AFTER3`,
  ]) {
    await get(path);
  }
  for (const path of ['/api/qmoi/charges', '/api/qmoi/exceptions', '/api/qmoi/revenue/transfers']) {
    const { json } = await world.ask({ path: `${path}?limit=1` });
    await get(`${path}/${json.items[0].id}`);
  }
  const events = world.business.outbox;
  await events.after(old('event') as never, 500);
  const gap = { above: idNumberAt(now - 15_000), upTo: world.business.ids.next('event') };
  await events.missing({ ...gap, known: [] }, 500);
}

async function get(path: string): Promise<void> {
  const { status, text } = await world.ask({ path: path.replaceAll(' ', '%20') });
  expect({ path, status, problem: status === 200 ? '' : text }).toEqual({
    path,
    status: 200,
    problem: '',
  });
}

describe('the plan of everything that is sent', () => {
  it('is bounded while callbacks are taken in', async () => {
    await callbacks('AFTER');
    expect(await faults()).toEqual([]);
  }, 60_000);

  it('is bounded for whatever can be read', async () => {
    await reportWallets();
    await readEverything();
    // Once more, for what is remembered from the first time.
    await get('/api/qmoi/revenue/status');
    expect(await faults()).toEqual([]);
  }, 60_000);

  it('is bounded for what is done every few seconds', async () => {
    const { collections, notify, reconciliation, transfers, weather } = world.business;
    const keys = {
      p256dh: createECDH('prime256v1').generateKeys().toString('base64url'),
      auth: Buffer.alloc(16).toString('base64url'),
    };
    const endpoint = 'https://push.apple.com/grown';
    const body = { endpoint, keys, topics: ['payments', 'exceptions'], language: 'en' };
    await world.ask({ method: 'POST', path: '/api/qmoi/push', body });
    await callbacks('NOTED');
    await world.clock.advance(120_000);
    await notify.read();
    await notify.look();
    await collections.sendPrompts();
    await collections.askAboutUnknowns();
    await transfers.work();
    await transfers.checkSweeps();
    await weather.flush();
    await weather.tidy();
    await reconciliation.sweep();
    expect(await faults()).toEqual([]);
  }, 60_000);

  it.each([
    [
      'reads a table whole',
      sql`select count(*) from payment where account_reference = ''`,
      'Seq Scan',
    ],
    [
      'walks along an index for something else',
      sql`select id from payment where business_id = 1 and rail = 'airtel'
        order by id desc limit 1`,
      'rows',
    ],
    ['sorts all there are', sql`select id from payment order by amount_minor limit 1`, 'Seq Scan'],
    [
      'adds up all there are',
      sql`select sum(amount_minor) from payment
        where business_id = 1 and business_date > '2026-11-01'`,
      'rows',
    ],
  ])('is not, where a statement %s', async (_, planted, fault) => {
    await planted.execute(world.business.database.executor);
    const [found = ''] = await faults();
    expect(found).toContain(fault);
    expect(found).toContain('from payment');
  });
});

describe('a page of payments', () => {
  const allocated = (stream: string) => `(stream_id = '${stream}' or id in (
    select payment_id from payment_allocation where stream_id = '${stream}' and reversed_by is null
  ))`;
  it.each<readonly [Partial<PaymentFilter>, string]>([
    [{}, 'true'],
    [{ rail: 'airtel' }, "rail = 'airtel'"],
    [{ rail: 'mpesa', limit: 200 }, "rail = 'mpesa'"],
    [{ streamId: 'airtime' }, allocated('airtime')],
    [{ streamId: 'utilities' }, allocated('utilities')],
    [{ streamId: 'trading', rail: 'airtel' }, `${allocated('trading')} and rail = 'airtel'`],
    [{ streamId: 'airtime', state: 'suspense' }, `${allocated('airtime')} and state = 'suspense'`],
    [{ state: 'suspense', rail: 'mpesa' }, "state = 'suspense' and rail = 'mpesa'"],
    [
      { from: '2026-09-01', to: '2026-09-02' },
      "business_date between '2026-09-01' and '2026-09-02'",
    ],
    [{ to: '2026-08-20' }, "business_date <= '2026-08-20'"],
    [
      { from: '2026-08-20', to: '2026-08-25', streamId: 'airtime' },
      `business_date between '2026-08-20' and '2026-08-25' and ${allocated('airtime')}`,
    ],
    [{ from: '2026-10-01', rail: 'airtel' }, "business_date >= '2026-10-01' and rail = 'airtel'"],
    [{ receipt: 'grown 7' }, "receipt = 'grown 7'"],
    [{ amountMin: 10_003n, amountMax: 10_003n }, 'amount_minor = 10003'],
    [
      { amountMin: 10_003n, amountMax: 10_003n, rail: 'airtel', from: '2026-08-20' },
      "amount_minor = 10003 and rail = 'airtel' and business_date >= '2026-08-20'",
    ],
    [{ amountMin: 10_002n, amountMax: 10_003n }, 'amount_minor between 10002 and 10003'],
    [{ amountMin: 10_004n, limit: 200 }, 'amount_minor >= 10004'],
    [
      { amountMax: 10_001n, streamId: 'airtime', limit: 3 },
      `amount_minor <= 10001 and ${allocated('airtime')}`,
    ],
  ])('shows by %o what a look at every payment would', async (asked, condition) => {
    const { business } = world;
    const filter = { ...everyPayment, limit: 50, ...asked };
    let before: PaymentFilter['before'];
    for (let page = 0; page < 2; page += 1) {
      const { payments: shown } = await business.collections.payments({ ...filter, before });
      const { rows } = await sql<{ id: bigint }>`
        select id from payment where ${sql.raw(condition)}
          and id < ${before === undefined ? 2n ** 62n : numberFromId(before)}
        order by id desc limit ${filter.limit}`.execute(business.database.executor);
      expect(shown.map(({ id }) => id)).toEqual(rows.map(({ id }) => idFromNumber('payment', id)));
      before = shown.at(-1)?.id;
    }
    ear.take();
  });
});
