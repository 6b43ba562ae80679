import { expect, it } from 'vitest';

import { invariant, shillings } from '#kernel';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import type { Transfer } from './index.ts';
import {
  completedResult,
  openDesk,
  payerNumber,
  payIntoSuspense,
  providersWord,
  refundOrderOf,
  type Desk,
} from './test-kit.ts';

const stepMs = 5 * 60_000;
const amountMinor = shillings(500);

/** How an order of each kind is given, the same order every time it is repeated. */
const orders = {
  reversal: async (town: TestBusiness, receipt: string) => {
    const paid = await payIntoSuspense(town, { receipt, amountMinor });
    return (desk: Desk) => desk.refund(refundOrderOf(paid));
  },
  payout: async (town: TestBusiness, receipt: string) => {
    const paid = await payIntoSuspense(town, { receipt, amountMinor });
    const by = { kind: 'payout', msisdn: payerNumber } as const;
    return (desk: Desk) => desk.refund(refundOrderOf(paid, { by }));
  },
  'top-up': async (_: TestBusiness, receipt: string) => (desk: Desk) =>
    desk.transfers.requestTopUp({
      rail: 'mpesa',
      amountMinor,
      why: 'float',
      requestedBy: owner,
      requestKey: receipt,
    }),
} as const;
type Kind = keyof typeof orders;

const sentOf = ({ mpesa }: TestBusiness, kind: Kind): number =>
  ({ reversal: mpesa.refunds, payout: mpesa.payouts, 'top-up': mpesa.topUps })[kind].length;

const newest = async ({ transfers }: Desk): Promise<Transfer> => {
  const {
    items: [transfer],
  } = await transfers.page({ before: undefined, limit: 1, rail: undefined });
  invariant(transfer !== undefined, 'a transfer is kept');
  return transfer;
};

const wordOf = (transfer: Transfer, kind: Kind) => {
  const { providerRequestId } = transfer;
  const receipt = `OUT${transfer.ownId}`;
  return kind === 'payout'
    ? completedResult(transfer, { receipt })
    : providersWord(transfer, { receipt, providerRequestId });
};

/** Another engine takes over for an hour; then the provider tells what became of it. */
async function recover(town: TestBusiness, other: Desk, kind: Kind): Promise<Transfer> {
  for (let n = 0; n < 6; n += 1) {
    await town.clock.advance(stepMs);
    await other.transfers.work();
  }
  const transfer = await newest(other);
  await other.tell(transfer, wordOf(transfer, kind));
  return newest(other);
}

it.each<[Kind, 'accepted' | 'uncertain']>([
  ['reversal', 'accepted'],
  ['reversal', 'uncertain'],
  ['payout', 'uncertain'],
  ['top-up', 'accepted'],
  ['top-up', 'uncertain'],
])(
  'the database may go away before any statement of a %s: sent once, booked once (%s)',
  async (kind, how) => {
    const town = await openBusiness();
    const [desk, other] = [openDesk(town), openDesk(await town.neighbour())];
    if (how === 'uncertain') {
      const { script } = town.mpesa;
      script.refund = script.payout = script.topUp = () => ({ kind: 'unknown', cause: 'timeout' });
    }
    let statement = 1;
    for (let broke = true; broke; statement += 1) {
      const order = await orders[kind](town, `STRAY${statement}`);
      town.fault.breakAt(statement);
      await order(desk).catch(() => undefined);
      await desk.transfers.work().catch(() => undefined);
      broke = town.fault.statements >= statement;
      town.fault.mend();
      // Whoever got no answer asks again, and gets the same transfer.
      expect((await order(other)).ok).toBe(true);
      expect(await recover(town, other, kind)).toMatchObject({ state: 'completed' });
      expect(await town.countOf('transfer')).toBe(statement);
      expect(sentOf(town, kind)).toBe(statement);
    }
    expect(statement).toBeGreaterThan(12);
    expect((await other.transfers.checks()).filter(({ ok }) => !ok)).toEqual([]);
    await town.close();
  },
  60_000,
);

it.each<Kind>(['reversal', 'top-up'])(
  'a %s whose rail throws half-way is only asked about',
  async (kind) => {
    const town = await openBusiness();
    const [desk, other] = [openDesk(town), openDesk(await town.neighbour())];
    const { script } = town.mpesa;
    script.refund = script.topUp = () => {
      throw new Error('power cut');
    };
    const order = await orders[kind](town, 'STRAY1');
    await order(desk);
    await desk.transfers.work();
    await recover(town, other, kind);
    expect(sentOf(town, kind)).toBe(1);
    const questions = kind === 'reversal' ? town.mpesa.refundQueries : town.mpesa.topUpQueries;
    expect(questions.length).toBeGreaterThan(0);
    await town.close();
  },
);

it.each<Kind>(['reversal', 'top-up'])('two engines at once send a %s once', async (kind) => {
  const town = await openBusiness();
  const [desk, other] = [openDesk(town), openDesk(await town.neighbour())];
  const order = await orders[kind](town, 'STRAY1');
  await Promise.all([order(desk), order(other)]);
  const both = [desk, other, desk, other];
  await Promise.all(both.map(({ transfers }) => transfers.work()));
  expect(sentOf(town, kind)).toBe(1);
  await town.close();
});
