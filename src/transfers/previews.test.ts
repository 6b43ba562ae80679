import { afterAll, beforeAll, expect, it } from 'vitest';

import { shillings } from '#kernel';

import { owner, tillWallets, type TestBusiness } from '../../test/support/business.ts';
import type { PreviewQuestion } from './index.ts';
import { openSweeping, orderOf, payIntoSuspense } from './test-kit.ts';

let town: TestBusiness;

/** 10,000 earned, 700 in suspense, 1,000 under way, 500 to stay: 8,500 can be spared. */
beforeAll(async () => {
  const sweep = {
    dailyCapMinor: shillings(2_000),
    triggerMinor: shillings(50_000),
    reserveMinor: shillings(500),
  };
  town = await openSweeping({ payoutFeeMinor: shillings(13), sweeps: { mpesa: sweep } });
  await payIntoSuspense(town, { receipt: 'STRAY1', amountMinor: shillings(700) });
  await town.business.transfers.request(orderOf());
});
// The takings of a week before are made up: the books know nothing of them.
afterAll(() => town.close());

const preview = (more: Partial<PreviewQuestion> = {}) =>
  town.business.transfers.preview({
    rail: 'mpesa',
    kind: 'manual',
    amountMinor: shillings(2_000),
    ...more,
  });

it('shows fee, books and what would be left, and plans nothing', async () => {
  expect(await preview()).toMatchObject({
    feeMinor: shillings(13),
    books: {
      walletMinor: shillings(9_700),
      suspenseMinor: shillings(700),
      customerCreditMinor: 0n,
      inFlightMinor: shillings(1_000),
      reserveMinor: shillings(500),
      freeMinor: shillings(9_000),
    },
    afterMinor: shillings(7_700),
    wallets: { payout: undefined, working: undefined },
    coversNow: true,
    forecast: undefined,
    topUp: undefined,
    refusals: [],
    sweep: undefined,
  });
  expect(await town.countOf('transfer')).toBe(1);
});

it('says at once all that an order would be refused for, the first one first', async () => {
  await town.business.engine.turn('off', owner, 'test');
  const { refusals, coversNow } = await preview({ amountMinor: shillings(250_001) });
  await town.business.engine.turn('on', owner, 'test');
  expect(refusals.map(({ kind }) => kind)).toEqual([
    'engine-stopped',
    'amount-out-of-range',
    'balance-too-low',
  ]);
  expect(coversNow).toBe(false);
});

it('guesses nothing without history, and then says when and from how many days', async () => {
  const question = { amountMinor: shillings(9_100) };
  expect(await preview(question)).toMatchObject({ coversNow: false, forecast: undefined });
  // 600 are missing; ten days took 6,000 between noon and one.
  await town.corrupt(`insert into hourly_revenue values
    (1, '2026-11-15', 12, 'mpesa', 1, 6000000), (1, '2026-11-15', 12, 'airtel', 1, 9000000)`);
  const { forecast } = await preview(question);
  expect(forecast).toEqual({ at: town.clock.now() + 6 * 60_000, basisDays: 10 });
});

it('holds the provider’s wallet against the books, and proposes a top-up', async () => {
  const reportedAt = town.clock.now();
  town.mpesa.script.balance = () => ({ kind: 'asked' });
  await town.business.transfers.askBalances();
  await town.deliver('balance-result', 0n, {
    kind: 'balance-report',
    verdict: 'reported',
    code: '0',
    accounts: [
      { name: 'Utility Account', availableMinor: shillings(1_500) },
      { name: 'Working Account', availableMinor: shillings(4_000) },
    ],
  });
  const payout = { availableMinor: shillings(1_500), reportedAt, stale: false };
  expect(await preview()).toMatchObject({
    wallets: { payout, working: { account: 'Working Account' } },
    coversNow: false,
    topUp: { missingMinor: shillings(500), from: { account: 'Working Account' } },
    refusals: [],
  });
  expect(await preview({ amountMinor: shillings(5_501) })).toMatchObject({ topUp: undefined });
  expect(await preview({ kind: 'top-up', amountMinor: shillings(4_001) })).toMatchObject({
    feeMinor: undefined,
    coversNow: false,
    refusals: [{ kind: 'working-wallet-too-low' }],
  });
  expect(await preview({ kind: 'top-up' })).toMatchObject({ coversNow: true, refusals: [] });
  await town.clock.advance(31 * 60_000);
  expect(await preview()).toMatchObject({
    wallets: { payout: { stale: true } },
    coversNow: true,
    topUp: undefined,
  });
});

it('expects nothing in the payout wallet of what customers pay to a till', async () => {
  const shop = await openSweeping({ wallets: tillWallets });
  const report = { kind: 'balance-report', verdict: 'reported', code: '0' } as const;
  const accounts = [{ name: 'Utility Account', availableMinor: shillings(1_500) }];
  shop.mpesa.script.balance = () => ({ kind: 'asked' });
  await shop.business.transfers.askBalances();
  await shop.deliver('balance-result', 0n, { ...report, accounts });
  await shop.clock.advance(60_000);
  await shop.earn(shillings(3_000));
  await shop.business.transfers.request(orderOf());
  const question = { rail: 'mpesa', kind: 'manual', amountMinor: shillings(2_000) } as const;
  const { wallets, coversNow } = await shop.business.transfers.preview(question);
  expect(wallets.payout?.expectedMinor).toBe(shillings(500));
  expect(coversNow).toBe(false);
  await shop.closeProved();
});

it('says of a sweep what becomes of it', async () => {
  expect((await preview({ kind: 'auto' })).sweep).toMatchObject({ why: 'trigger-not-reached' });
});

it('knows no fee where the rail has no tariff', async () => {
  town.mpesa.script.fee = () => undefined;
  expect((await preview()).feeMinor).toBeUndefined();
  expect((await preview({ rail: 'airtel' })).feeMinor).toBe(shillings(13));
});
