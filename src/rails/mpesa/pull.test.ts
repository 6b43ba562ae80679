import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '#kernel';
import type { Exchange } from './client.ts';
import type { MpesaConfig } from './config.ts';
import { createPull } from './pull.ts';
import { configWithoutOperator } from './test-kit.ts';

const config: MpesaConfig = {
  ...configWithoutOperator,
  nominatedNumber: '254722000000',
  pullCallbackUrl: 'https://pay.example/p',
};
// 2020-08-05 12:00 in Nairobi.
const now = Date.UTC(2020, 7, 5, 9);
const hourMs = 3_600_000;
const lastDay = { fromAt: now - 24 * hourMs, toAt: now };

const answer = (json: unknown): Exchange => ({ kind: 'answer', json, raw: JSON.stringify(json) });
const enrolled = answer({ ResponseRefID: '1', 'Response Status': '1001' });
const row = (n: number, changes: object = {}) => ({
  transactionId: `OHS5${String(n).padStart(6, '0')}`,
  trxDate: '2020-08-05T10:13:00Z',
  msisdn: 722000000,
  sender: 'MPESA',
  transactiontype: 'c2b-pay-bill-debit',
  billreference: '37207636392',
  amount: '168.00',
  organizationname: 'Daraja Pull API Test',
  ...changes,
});
const page = (rows: readonly unknown[]) =>
  answer({
    ResponseRefID: '1',
    ResponseCode: '1000',
    ResponseMessage: 'Success',
    Response: [rows],
  });
const end = answer({ ResponseCode: '1001', ResponseMessage: 'none', Response: [[]] });
const fault: Exchange = { kind: 'unclear', cause: 'HTTP 500' };

function createScene(answers: readonly Exchange[], changes: Partial<MpesaConfig> = {}) {
  const calls: { path: string; body: unknown }[] = [];
  const client = {
    post: async (path: string, body: object): Promise<Exchange> => {
      calls.push({ path, body });
      return answers[calls.length - 1] ?? fault;
    },
  };
  const clock = createVirtualClock(now);
  return { calls, list: createPull({ config: { ...config, ...changes }, client, clock }) };
}

const many = (count: number, from = 0) => Array.from({ length: count }, (_, n) => row(from + n));
const receiptsOf = (list: Awaited<ReturnType<ReturnType<typeof createPull>>>): number | string =>
  list.kind === 'listed' ? list.payments.length : list.kind;

describe('the list of payments', () => {
  it('enrols once, then reads pages to the end', async () => {
    const { calls, list } = createScene([enrolled, page(many(100)), page(many(3, 100)), end, end]);
    expect(receiptsOf(await list(lastDay))).toBe(103);
    await list(lastDay);
    expect(calls.map(({ path }) => path.split('/').at(-1))).toEqual([
      'register',
      'query',
      'query',
      'query',
      'query',
    ]);
    expect(calls.slice(1, 4).map(({ body }) => body)).toEqual(
      ['0', '100', '103'].map((offset) => ({
        ShortCode: '600966',
        StartDate: '2020-08-04 12:00:00',
        EndDate: '2020-08-05 12:00:00',
        OffSetValue: offset,
      })),
    );
  });

  it('reads a row as evidence, its time as East Africa Time', async () => {
    const { list } = createScene([enrolled, page([row(7)]), end]);
    expect(await list(lastDay)).toEqual({
      kind: 'listed',
      payments: [
        {
          receipt: 'OHS5000007',
          amountMinor: 16_800n,
          occurredAt: Date.UTC(2020, 7, 5, 7, 13),
          accountReference: '37207636392',
          ownId: undefined,
          payer: '722000000',
          raw: JSON.stringify(row(7)),
        },
      ],
    });
  });

  it.each([
    ['1000', { ResponseRefID: '1', ResponseStatus: '1000', ShortCode: '600966' }],
    ['1001', { ResponseRefID: '1', ResponseStatus: 1001 }],
  ])('takes enrolment %s for done', async (_, json) => {
    expect(receiptsOf(await createScene([answer(json), end]).list(lastDay))).toBe(0);
  });

  it('tries enrolment again after it failed', async () => {
    const { calls, list } = createScene([fault, enrolled, end]);
    expect((await list(lastDay)).kind).toBe('unknown');
    expect(receiptsOf(await list(lastDay))).toBe(0);
    expect(calls).toHaveLength(3);
  });

  it('asks at once where the short code was enrolled before', async () => {
    const { calls, list } = createScene([end], { pullCallbackUrl: undefined });
    expect(receiptsOf(await list(lastDay))).toBe(0);
    expect(calls).toHaveLength(1);
  });

  it('is refused without a nominated number', async () => {
    const { calls, list } = createScene([], {
      nominatedNumber: undefined,
      pullCallbackUrl: undefined,
    });
    expect(await list(lastDay)).toMatchObject({ kind: 'refused', reason: 'our-request' });
    expect(calls).toHaveLength(0);
  });

  it('goes back no further than two days', async () => {
    const { calls, list } = createScene([enrolled, end]);
    await list({ fromAt: 0, toAt: now });
    expect(calls[1]?.body).toMatchObject({ StartDate: '2020-08-03 12:00:00' });
  });

  it('of an older period is empty without asking', async () => {
    const { calls, list } = createScene([enrolled]);
    expect(receiptsOf(await list({ fromAt: 0, toAt: now - 49 * hourMs }))).toBe(0);
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['a fault at once is no empty list', [fault], 'unknown'],
    ['a fault after a short page is the end', [page(many(3)), fault], 3],
    ['a fault after a full page may hide rows', [page(many(100)), fault], 'unknown'],
    ['a page that repeats itself is the end', [page(many(100)), page(many(100))], 100],
    ['a flat list is read too', [answer({ ResponseCode: 1000, Response: many(2) }), end], 2],
    ['a missing list is empty', [answer({ ResponseCode: '1000' })], 0],
    ['another code is no list', [answer({ ResponseCode: '1002', Response: [[]] })], 'unknown'],
    ['a row without a receipt spoils the list', [page([row(1, { transactionId: '' })])], 'unknown'],
    ['a row without an amount spoils the list', [page([row(1, { amount: null })])], 'unknown'],
    ['a row without a time spoils the list', [page([row(1, { trxDate: 'today' })])], 'unknown'],
    ['what is no list is unknown', [answer({ Response: 7 })], 'unknown'],
  ])('%s', async (_, answers, outcome) => {
    const { list } = createScene([enrolled, ...answers]);
    expect(receiptsOf(await list(lastDay))).toBe(outcome);
  });

  it('gives up aloud on a list without end', async () => {
    const answers = Array.from({ length: 600 }, (_, n) => page([row(n)]));
    const { calls, list } = createScene([enrolled, ...answers]);
    expect(await list(lastDay)).toMatchObject({ kind: 'unknown' });
    expect(calls).toHaveLength(501);
  });
});
