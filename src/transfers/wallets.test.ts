import { beforeAll, describe, expect, it } from 'vitest';

import {
  createPrng,
  dayMs,
  idNumberAt,
  invariant,
  numberFromId,
  shillings,
  type EpochMs,
} from '#kernel';

import {
  paybillWallets,
  tillWallets,
  type Engine,
  type TestBusiness,
} from '../../test/support/business.ts';
import {
  completedResult,
  failedResult,
  openSweeping,
  orderOf,
  payIntoSuspense,
} from './test-kit.ts';

const minuteMs = 60_000;
const reportedMinor = shillings(50_000);

// The first business of a file migrates its template: a hook has more time for it than a test.
beforeAll(async () => (await openSweeping()).close());

/** The provider answers what was asked of it. */
async function report({ business, deliver }: Engine, code: string): Promise<void> {
  await business.transfers.askBalances();
  const accounts = [{ name: 'Utility Account', availableMinor: reportedMinor }];
  const word = { kind: 'balance-report', verdict: 'reported', code, accounts } as const;
  await deliver('balance-result', 0n, word);
}

const walletOf = async ({ business }: Engine) => {
  const question = { rail: 'mpesa', kind: 'manual', amountMinor: shillings(100) } as const;
  return (await business.transfers.preview(question)).wallets.payout;
};

/** Entry by entry: what the books have moved since that moment. */
async function movedSince(town: TestBusiness, at: EpochMs, of: 'all' | 'payouts') {
  const [row] = await town.rows<{ moved: bigint | null }>(`
    select sum(e.amount_minor)::bigint as moved
    from ledger_account a
    join ledger_entry e on e.account_id = a.id
    join ledger_transaction t on t.id = e.transaction_id
    left join transfer r on r.own_id = 'QT' || substr(t.subject, 4)
    where a.name = 'rail:mpesa:collection' and t.id >= ${idNumberAt(at + 1)}
      and (${of === 'all'} or t.kind like 'transfer-%' and r.id is not null
        and r.refund_by is distinct from 'reversal')`);
  return row?.moved ?? 0n;
}

describe.each([
  ['one wallet', paybillWallets, 'all'],
  ['a wallet for payouts beside it', tillWallets, 'payouts'],
] as const)('what should lie in the wallet of payouts, with %s', (_, wallets, of) => {
  it(
    'is what was reported and every entry since, whatever came and went',
    async () => {
      const town = await openSweeping({ wallets });
      town.mpesa.script.balance = () => ({ kind: 'asked' });
      const other = await town.neighbour({ wallets });
      const prng = createPrng(26);
      let receipts = 0;
      const payOut = async (): Promise<void> => {
        const amountMinor = shillings(prng.between(10, 400));
        const ordered = await town.business.transfers.request(orderOf({ amountMinor }));
        if (!ordered.ok || prng.next() < 0.3) return;
        await town.business.transfers.work();
        const sent = await town.business.transfers.find(ordered.value.id);
        invariant(sent !== undefined, 'it was ordered');
        const end =
          prng.next() < 0.7
            ? completedResult(sent, { receipt: `OUT${(receipts += 1)}` })
            : failedResult(sent);
        await town.deliver('payout-result', numberFromId(sent.id), end);
      };
      const payIn = async (): Promise<void> => {
        const amountMinor = shillings(prng.between(10, 900));
        if (prng.next() < 0.5) return town.earn(amountMinor);
        await payIntoSuspense(town, { receipt: `STRAY${(receipts += 1)}`, amountMinor });
      };
      await report(town, 'first');
      for (let n = 0; n < 60; n += 1) {
        const what = prng.pick(['in', 'in', 'out', 'report', 'wait']);
        if (what === 'in') await payIn();
        else if (what === 'out') await payOut();
        else if (what === 'report') await report(town, `again ${n}`);
        await town.clock.advance(prng.between(1, 4) * 2_500);
        const engine = prng.pick([town, other]);
        const wallet = await walletOf(engine);
        invariant(wallet !== undefined, 'it was reported');
        const movedMinor = await movedSince(town, wallet.asOf, of);
        expect(wallet.expectedMinor - wallet.availableMinor).toBe(movedMinor);
      }
      await town.clock.advance(dayMs);
      await town.earn(shillings(5));
      expect(await walletOf(town)).toMatchObject({ stale: true, expectedMinor: reportedMinor });
      await town.closeProved();
    },
    6 * minuteMs,
  );
});
