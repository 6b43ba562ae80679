import { describe, expect, it } from 'vitest';
import { Secret } from '#kernel';
import type { AirtelConfig } from './config.ts';
import {
  configOf,
  createTestRail,
  decryptOaep,
  decryptPkcs1,
  makeKey,
  payoutRequest,
  promptRequest,
  reply,
  startAt,
  statusOf,
} from './test-kit.ts';

const key = makeKey(1024);
const keyAnswer = (base64Der = key.base64Der) =>
  reply(200, { data: { key: base64Der, valid_upto: '12-08-2036 21:29:26' }, status: statusOf({}) });
const withPin = {
  pin: { kind: 'plain', pin: new Secret('4321') },
  pinPublicKey: { base64Der: key.base64Der },
} as const satisfies Partial<AirtelConfig>;
const bodyOf = (request: { readonly body?: string } | undefined): unknown =>
  JSON.parse(request?.body ?? 'null');
const promptTaken = reply(200, {
  data: { transaction: { id: promptRequest.ownId, status: 'SUCCESS' } },
  status: statusOf({ response_code: 'DP00800001006' }),
});
const payoutDone = reply(200, {
  data: { transaction: { id: payoutRequest.ownId, reference_id: 'CI1', status: 'TS' } },
  status: statusOf({ response_code: 'DP00900001001' }),
});

describe('a prompt', () => {
  it.each(['v1', 'v2'] as const)('goes out by %s', async (collectionVersion) => {
    const config = { collectionVersion };
    const { rail, requests } = createTestRail({ replies: [promptTaken], config });
    expect(await rail.sendPrompt(promptRequest)).toEqual({
      kind: 'accepted',
      providerRequestId: promptRequest.ownId,
    });
    expect(requests[0]).toMatchObject({
      method: 'POST',
      url: `http://airtel.test/merchant/${collectionVersion}/payments/`,
      timeoutMs: 30_000,
    });
    expect(bodyOf(requests[0])).toEqual({
      reference: 'INV001',
      subscriber: { country: 'KE', currency: 'KES', msisdn: '733123456' },
      transaction: { amount: 100, country: 'KE', currency: 'KES', id: promptRequest.ownId },
    });
  });

  it.each([
    ['Ndũrĩ – shop #7', 'Nduri shop 7'],
    ['A1', 'Ref A1'],
    ['…', 'Payment'],
    ['x'.repeat(40), 'x'.repeat(25)],
    ['abcdefghijklmnopqrstuvwx yz', 'abcdefghijklmnopqrstuvwx'],
  ])('shows “%s” as “%s”', async (reference, shown) => {
    const { rail, requests } = createTestRail({ replies: [promptTaken] });
    await rail.sendPrompt({ ...promptRequest, reference });
    expect(bodyOf(requests[0])).toMatchObject({ reference: shown });
  });

  it.each([
    ['cents', {}, { amountMinor: 100_50n }],
    ['too little', {}, { amountMinor: 0n }],
    ['too much', {}, { amountMinor: 250_001_00n }],
    ['half cents of one decimal', { amountDecimals: 1 }, { amountMinor: 100_55n }],
    ['a short id', {}, { ownId: 'A1' }],
    ['an id with hyphens', {}, { ownId: 'aaaaaaaa-bbbb' }],
    ['another length of numbers', { nationalLength: 8 }, {}],
  ] as const)('is refused here: %s', async (_name, config, changes) => {
    const { rail, requests, tokenRequests } = createTestRail({ config });
    expect(await rail.sendPrompt({ ...promptRequest, ...changes })).toMatchObject({
      kind: 'refused',
      code: 'not-sent',
      reason: 'our-request',
      mayResend: false,
    });
    expect([...requests, ...tokenRequests]).toHaveLength(0);
  });

  it.each([
    [1, 100_50n, 100.5],
    [2, 249_999_99n, 249_999.99],
    [2, 100_00n, 100],
  ] as const)('carries %s decimals where set', async (amountDecimals, amountMinor, amount) => {
    const { rail, requests } = createTestRail({
      replies: [promptTaken],
      config: { amountDecimals },
    });
    await rail.sendPrompt({ ...promptRequest, amountMinor });
    expect(bodyOf(requests[0])).toMatchObject({ transaction: { amount } });
  });

  it('is asked about by our own id', async () => {
    const transaction = { id: 'TXN0001', airtel_money_id: 'MP1', status: 'TS' };
    const { rail, requests } = createTestRail({ replies: [reply(200, { data: { transaction } })] });
    const reference = { ownId: 'TXN0001', providerRequestId: undefined };
    expect(await rail.queryPrompt(reference)).toMatchObject({ kind: 'paid', receipt: 'MP1' });
    expect(requests[0]).toMatchObject({
      method: 'GET',
      url: 'http://airtel.test/standard/v1/payments/TXN0001',
    });
  });
});

describe('a payout', () => {
  const payee = { msisdn: '733123456' };
  const type = 'B2C';
  it.each([
    ['v1', '/standard/v1/disbursements/', { payee, transaction: {} }],
    [
      'v2',
      '/standard/v2/disbursements/',
      { payee: { ...payee, currency: 'KES' }, transaction: { type } },
    ],
    [
      'v3',
      '/standard/v3/disbursements',
      { payee: { ...payee, wallet_type: 'NORMAL' }, transaction: { type } },
    ],
  ] as const)('goes out by %s', async (payoutVersion, path, shape) => {
    const config = { ...withPin, payoutVersion };
    const { rail, requests } = createTestRail({ replies: [payoutDone], config });
    expect(await rail.sendPayout(payoutRequest)).toMatchObject({
      kind: 'completed',
      receipt: 'CI1',
    });
    const [request] = requests;
    expect(request?.url).toBe(`http://airtel.test${path}`);
    expect(request?.timeoutMs).toBeGreaterThanOrEqual(60_000);
    const { pin, ...rest } = JSON.parse(request?.body ?? '{}') as Record<string, string>;
    expect(decryptPkcs1(key, pin ?? '')).toBe('4321');
    expect(rest).toEqual({
      payee: shape.payee,
      reference: 'Ownertransfer7',
      transaction: { amount: 2500, id: payoutRequest.ownId, ...shape.transaction },
    });
  });

  it.each([
    ['v1', ''],
    ['v2', '?transactionType=B2C'],
    ['v3', ''],
  ] as const)('is asked about by %s', async (payoutVersion, query) => {
    const { rail, requests } = createTestRail({
      replies: [reply(200, '')],
      config: { payoutVersion },
    });
    const { ownId, callbacks } = payoutRequest;
    await rail.queryPayout({ ownId, callbacks, providerRequestId: undefined });
    expect(requests[0]?.url).toBe(
      `http://airtel.test/standard/${payoutVersion}/disbursements/${ownId}${query}`,
    );
  });

  it('is refused here without a PIN', async () => {
    const { rail, requests } = createTestRail({});
    expect(await rail.sendPayout(payoutRequest)).toMatchObject({
      kind: 'refused',
      reason: 'our-request',
    });
    expect(requests).toHaveLength(0);
  });

  it('sends a PIN that the owner encrypted as it is', async () => {
    const ciphertext = Buffer.alloc(128, 5).toString('base64');
    const config = {
      pin: { kind: 'encrypted', ciphertext: new Secret(ciphertext) },
    } as const;
    const { rail, requests } = createTestRail({ replies: [payoutDone], config });
    await rail.sendPayout(payoutRequest);
    expect(bodyOf(requests[0])).toMatchObject({ pin: ciphertext });
  });

  it('encrypts the PIN with the served key and padding, anew after a mismatch', async () => {
    const next = makeKey(2048);
    const mismatch = reply(200, { status: statusOf({ response_code: 'DP00900001016' }) });
    const replies = [keyAnswer(), mismatch, keyAnswer(next.base64Der), payoutDone];
    const { rail, requests } = createTestRail({
      replies,
      config: {
        ...withPin,
        signing: 'on',
        pinPublicKey: 'from-endpoint',
        pinPadding: 'oaep-sha256-mgf1-sha1',
      },
    });
    expect((await rail.sendPayout(payoutRequest)).kind).toBe('completed');
    const sent = [requests[1], requests[3]].map((request) => Object(bodyOf(request))) as {
      pin: string;
      transaction: { id: string };
    }[];
    expect(decryptOaep(key, sent[0]?.pin ?? '', 'sha1')).toBe('4321');
    expect(decryptOaep(next, sent[1]?.pin ?? '', 'sha1')).toBe('4321');
    expect(sent[0]?.transaction.id).toBe(sent[1]?.transaction.id);
  });

  it('never sends a wrong PIN twice, and asks for the key anew after it', async () => {
    const wrong = reply(400, { status_code: 'ROUTER116', status_message: 'incorrect PIN' });
    const config = { ...withPin, pinPublicKey: 'from-endpoint' } as const;
    const replies = [keyAnswer(), wrong, keyAnswer(), payoutDone];
    const { rail, requests } = createTestRail({ replies, config });
    expect(await rail.sendPayout(payoutRequest)).toEqual({
      kind: 'refused',
      code: 'ROUTER116',
      description: 'incorrect PIN',
      reason: 'our-credentials',
      mayResend: false,
    });
    expect(requests).toHaveLength(2);
    await rail.sendPayout(payoutRequest);
    expect(requests).toHaveLength(4);
  });

  it('is not sent while the served key is not to be had', async () => {
    const config = { ...withPin, pinPublicKey: 'from-endpoint' } as const;
    const { rail, requests } = createTestRail({ replies: [reply(503, '')], config });
    expect(await rail.sendPayout(payoutRequest)).toMatchObject({
      kind: 'refused',
      reason: 'provider-down',
      mayResend: true,
    });
    expect(requests).toHaveLength(1);
  });

  it.each([
    ['Owner transfer 7', 'Ownertransfer7'],
    ['ab', 'Payoutab'],
    ['', 'Payout'],
    ['y'.repeat(80), 'y'.repeat(64)],
  ])('remarks “%s” travel as “%s”', async (remarks, reference) => {
    const { rail, requests } = createTestRail({ replies: [payoutDone], config: withPin });
    await rail.sendPayout({ ...payoutRequest, remarks });
    expect(bodyOf(requests[0])).toMatchObject({ reference });
  });
});

describe('the balance', () => {
  it('is reported while we wait', async () => {
    const data = { balance: '1,000.50', currency: 'KES' };
    const { rail, requests } = createTestRail({ replies: [reply(200, { data })] });
    expect(await rail.queryBalance(payoutRequest.callbacks)).toEqual({
      kind: 'reported',
      accounts: [{ name: 'wallet', availableMinor: 1_000_50n }],
    });
    expect(requests[0]?.url).toBe('http://airtel.test/standard/v1/users/balance');
  });
});

describe('the list', () => {
  const period = { fromAt: startAt + 500, toAt: startAt + 3_600_500 };
  const rowOf = (n: number, type = 'MERCHPAY') => ({
    payer: { currency: 'KES', msisdn: '733123456' },
    service: { type },
    transaction: {
      airtel_money_id: `MP260301.1234.L${n}`,
      amount: n,
      created_at: startAt / 1_000 + n,
      status: 'TS',
    },
  });
  const page = (...rows: readonly unknown[]) =>
    reply(200, { data: { count: rows.length, transactions: rows }, status: statusOf({}) });
  const empty = reply(200, { data: { count: 0 }, status: statusOf({}) });
  const fullPage = page(...Array.from({ length: 100 }, (_, n) => rowOf(n + 1)));

  it('is read page by page to an empty one, in whole seconds', async () => {
    const replies = [page(rowOf(1), rowOf(2, 'CASHIN')), page(rowOf(2, 'CASHIN'), rowOf(3)), empty];
    const { rail, requests } = createTestRail({ replies });
    const list = await rail.listPayments(period);
    const receipts = list.kind === 'listed' ? list.payments.map(({ receipt }) => receipt) : list;
    expect(receipts).toEqual(['MP260301.1234.L1', 'MP260301.1234.L3']);
    const from = startAt / 1_000;
    expect(requests.map(({ url }) => url.split('?')[1])).toEqual(
      [0, 2, 4].map((offset) => `from=${from}&to=${from + 3_601}&limit=100&offset=${offset}`),
    );
  });

  it('ends at a page that repeats the one before', async () => {
    const { rail } = createTestRail({ replies: [page(rowOf(1)), page(rowOf(1))] });
    expect(await rail.listPayments(period)).toMatchObject({ payments: [{ amountMinor: 100n }] });
  });

  it('is unknown where a full page repeats: the rest cannot be reached', async () => {
    const { rail } = createTestRail({ replies: [fullPage, fullPage] });
    expect((await rail.listPayments(period)).kind).toBe('unknown');
  });

  it.each([
    ['a row that might be income cannot be read', page(rowOf(1), { service: {} })],
    ['a page fails', reply(502, '<html></html>')],
    ['an answer has no list', reply(200, { data: false, status: statusOf({}) })],
  ])('is unknown where %s', async (_name, bad) => {
    const { rail } = createTestRail({ replies: [page(rowOf(5)), bad, empty] });
    expect((await rail.listPayments(period)).kind).toBe('unknown');
  });

  it('of no time is empty, unasked', async () => {
    const { rail, requests } = createTestRail({});
    const none = { fromAt: startAt, toAt: startAt };
    expect(await rail.listPayments(none)).toEqual({ kind: 'listed', payments: [] });
    expect(requests).toHaveLength(0);
  });

  it('stops at a named number of pages', async () => {
    const pages = Array.from({ length: 500 }, (_, n) => page(rowOf(n + 1)));
    const { rail, requests } = createTestRail({ replies: pages });
    expect((await rail.listPayments(period)).kind).toBe('unknown');
    expect(requests).toHaveLength(500);
  });
});

describe('settings', () => {
  it.each<[Partial<AirtelConfig>, RegExp]>([
    [{ baseUrl: 'airtel' }, /base URL is not/],
    [{ baseUrl: 'http://airtel.test/' }, /ends with a slash/],
    [{ clientSecret: new Secret('a b') }, /printable/],
    [{ country: 'Kenya' }, /country/],
    [{ nationalLength: 0 }, /length/],
    [{ firstEnquiryDelayMs: 0 }, /first enquiry/],
    [{ transactionMinMinor: 2n, transactionMaxMinor: 1n }, /amount limits/],
    [{ payoutDailyMaxMinor: 0n }, /daily/],
    [{ callbackHashKey: new Secret('') }, /hash key is empty/],
    [{ pinnedHashRendering: 'raw-inner' }, /pinned hash rendering needs/],
    [{ pin: { kind: 'plain', pin: new Secret('12345') } }, /four digits/],
    [{ pin: { kind: 'encrypted', ciphertext: new Secret('1234') } }, /not base64/],
    [{ pinPublicKey: { base64Der: 'AAAA' } }, /public key/],
  ])('that cannot work stop the start: %o', (config, problem) => {
    expect(() => createTestRail({ config })).toThrow(problem);
  });

  it('make the rail what the port asks for', () => {
    const { rail } = createTestRail({ config: { callbackHashKey: new Secret('key') } });
    expect(rail).toMatchObject({ id: 'airtel', capabilities: { channels: ['airtel-result'] } });
    expect(rail).not.toHaveProperty('payerNotifications');
    expect(rail).not.toHaveProperty('receiptLookup');
    expect(configOf().payoutVersion).toBe('v2');
  });
});
