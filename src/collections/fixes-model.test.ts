import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';

import {
  dayMs,
  idFromNumber,
  invariant,
  shillings,
  type ChargeId,
  type PaymentId,
  type TransferId,
} from '#kernel';

import type { Exception } from './exceptions/store.ts';
import { builtUpon } from './fixes/errors.ts';
import type { Fix } from './fixes/fix.ts';
import { matching, openInbox, refunding, type Inbox } from './fixes/test-kit.ts';

let inbox: Inbox;
beforeAll(async () => {
  inbox = await openInbox();
});
afterAll(() => inbox.town.closeProved());

/** What a run has so far, and what only the outside world knows: money in, money back. */
interface World {
  readonly payments: PaymentId[];
  readonly charges: ChargeId[];
  readonly running: Set<TransferId>;
  readonly completed: Set<TransferId>;
}

let receipts = 0;
let inMinor = 0n;
let backMinor = 0n;

const amounts = [200, 300, 500, 800];
const step = fc.record({
  what: fc.constantFrom(
    'pay',
    'pay for a charge',
    'charge',
    'match',
    'match',
    'match',
    'match',
    'match two',
    'match two',
    'together',
    'together',
    'short',
    'short',
    'stream',
    'customer',
    'refund',
    'keep',
    'undo',
    'undo',
    'end',
    'end',
    'fail',
    'reverse',
    'give back',
    'book',
    'day',
  ),
  pick: fc.nat(30),
  other: fc.nat(30),
  kes: fc.constantFrom(...amounts),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const at = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items.length === 0 ? undefined : items[index % items.length];

const pay = async (world: World, kes: number, reference: string): Promise<void> => {
  receipts += 1;
  inMinor += shillings(kes);
  world.payments.push(await inbox.pay({ receipt: `M${receipts}`, kes, reference }));
};

async function owe({ charges }: World, { kes, pick }: Pick<Step, 'kes' | 'pick'>): Promise<void> {
  const streamId = pick % 2 === 0 ? 'ai-services' : 'utilities';
  charges.push((await inbox.town.charge({ amountMinor: shillings(kes), streamId })).id);
}

async function referenceOf(id: ChargeId | undefined): Promise<string> {
  const found = id && (await inbox.town.business.billing.find(id));
  return found?.reference ?? '';
}

/** Undefined where the step is no fix, or has nothing to work on. */
function fixFor({ what, pick, other }: Step, { charges, payments }: World): Fix | undefined {
  const charge = at(charges, pick);
  const next = at(charges, pick + 1);
  const helping = at(payments, other);
  const fixes: Partial<Record<Step['what'], Fix | undefined>> = {
    match: charge && { ...matching(charge), rest: other % 2 === 0 ? 'stays' : 'credit' },
    'match two': charge && next && matching(charge, next),
    together: charge && helping && matching(charge, { chargeId: charge, paymentId: helping }),
    short: { kind: 'accept-short', chargeId: undefined },
    stream: { kind: 'assign-stream', streamId: pick % 2 === 0 ? 'trading' : 'airtime' },
    customer: { kind: 'assign-customer', phone: undefined },
    refund: refunding(pick % 2 === 0 ? 'whole' : 'rest'),
    book: { kind: 'book-reversal' },
    keep: { kind: 'keep' },
  };
  return fixes[what];
}

/** A payment may be two troubles at once. */
async function aboutOne(payment: PaymentId, { other }: Step): Promise<Exception> {
  const one = at(await inbox.allAbout(payment), other);
  invariant(one !== undefined, 'there is an exception about it');
  return one;
}

/** Applies it, refused or not: a refusal must leave nothing behind. */
async function decide(world: World, taken: Step, payment: PaymentId | undefined): Promise<void> {
  const fix = fixFor(taken, world);
  if (fix === undefined || payment === undefined) return;
  const { id, fixId } = await aboutOne(payment, taken);
  const applied = await inbox.fix(id, fix, { after: fixId });
  if (applied.ok && applied.value.transferId !== undefined) {
    world.running.add(applied.value.transferId);
  }
}

async function end(world: World, taken: Step): Promise<void> {
  const transfer = at([...world.running], taken.pick);
  if (transfer === undefined) return;
  const completes = taken.what === 'end';
  await inbox.endRefund(transfer, completes ? 'completed' : 'failed');
  world.running.delete(transfer);
  if (completes) {
    backMinor += amountOf(transfer);
    world.completed.add(transfer);
  }
}

const amountOf = (transfer: TransferId): bigint =>
  inbox.refunds.find(({ id }) => id === transfer)?.amountMinor ?? 0n;

/** A person had said that it went through, and takes the word back. */
async function reverse(world: World, taken: Step): Promise<void> {
  const transfer = at([...world.completed], taken.pick);
  if (transfer === undefined) return;
  await inbox.endRefund(transfer, 'reversed');
  world.completed.delete(transfer);
  backMinor -= amountOf(transfer);
}

async function take(world: World, taken: Step): Promise<void> {
  const { what, pick, kes } = taken;
  const payment = at(world.payments, pick);
  if (what === 'pay') return pay(world, kes, 'rent');
  if (what === 'pay for a charge') {
    const named = at(world.charges, pick);
    const found = named && (await inbox.town.business.billing.find(named));
    // Money of the right amount would be earned at once, and no exception.
    if (found === undefined || found.amountMinor === shillings(kes)) return undefined;
    return pay(world, kes, found.reference);
  }
  if (what === 'charge') return owe(world, taken);
  if (what === 'short') {
    await owe(world, { kes: 800, pick });
    await pay(world, 500, await referenceOf(world.charges.at(-1)));
    return decide(world, taken, world.payments.at(-1));
  }
  if (what === 'day') return inbox.town.clock.advance(dayMs / 3);
  if (what === 'end' || what === 'fail') return end(world, taken);
  if (what === 'reverse') return reverse(world, taken);
  if (payment === undefined) return undefined;
  if (what === 'give back') return inbox.giveBack(payment);
  if (what !== 'undo') return decide(world, taken, payment);
  await inbox.undo((await aboutOne(payment, taken)).id);
  return undefined;
}

/** Books of the rail: what came less what went back is owed or earned, and nothing else. */
async function audit(): Promise<void> {
  expect(await inbox.town.failedChecks()).toEqual([]);
  const balances = await inbox.town.business.ledger.balances();
  const sumOf = (prefix: string): bigint =>
    balances
      .filter(({ name }) => name.startsWith(prefix))
      .reduce((sum, { balanceMinor }) => sum + balanceMinor, 0n);
  const leftMinor = inMinor - backMinor - (await reversedMinor());
  expect(sumOf('rail:mpesa:collection')).toBe(leftMinor);
  expect(-sumOf('revenue:') - sumOf('suspense:') - sumOf('credit:')).toBe(leftMinor);
}

/** Of what providers gave back, what nobody has said stands. */
async function reversedMinor(): Promise<bigint> {
  const [row] = await inbox.town.rows<{ sum: bigint }>(
    "select coalesce(sum(amount_minor), 0)::bigint as sum from payment where state = 'reversed'",
  );
  return row?.sum ?? 0n;
}

/** Placed by a match together with money that was refunded since: the match stays, so they do. */
async function restingOnRefunds(): Promise<ReadonlySet<PaymentId>> {
  const rows = await inbox.town.rows<{ number: bigint }>(`
    select resting.payment_id as number
    from exception_fix_payment resting
    join exception_fix_payment gone using (business_id, fix_id)
    join exception_fix placed on placed.business_id = gone.business_id and placed.id = gone.fix_id
    join exception_fix_payment back
      on back.business_id = gone.business_id and back.payment_id = gone.payment_id
    join exception_fix refund on refund.business_id = back.business_id and refund.id = back.fix_id
    where gone.payment_id <> resting.payment_id
      and back.fix_id > gone.fix_id and placed.kind = 'match' and refund.kind = 'refund'
      and not exists (
        select from exception_fix undo
        where undo.business_id = refund.business_id and undo.undoes in (placed.id, refund.id)
      )`);
  return new Set(rows.map(({ number }) => idFromNumber('payment', number)));
}

const undosMax = 60;

/** Takes back all that can be, and answers where the money lies then. */
async function takeAllBack(
  world: World,
): Promise<{ readonly standings: readonly string[]; readonly isHeld: boolean }> {
  let isHeld = false;
  for (let round = 0; round < undosMax; round += 1) {
    let undone = 0;
    isHeld = false;
    for (const payment of world.payments) {
      for (const { id } of await inbox.allAbout(payment)) {
        const outcome = await inbox.undo(id);
        undone += outcome.ok ? 1 : 0;
        isHeld ||= !outcome.ok && 'why' in outcome.error && outcome.error.why === builtUpon.refund;
      }
    }
    if (undone === 0) break;
  }
  const resting = await restingOnRefunds();
  const free = world.payments.filter((payment) => !resting.has(payment));
  const standings = await Promise.all(free.map((payment) => inbox.standing(payment)));
  return { standings, isHeld };
}

it('leaves every shilling in one place, whatever people and providers do', async () => {
  const runs = fc.array(step, { minLength: 12, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(runs, async (steps) => {
      const world: World = { payments: [], charges: [], running: new Set(), completed: new Set() };
      for (const kes of amounts) {
        await owe(world, { kes, pick: kes / 100 });
        await pay(world, kes, 'rent');
      }
      for (const taken of steps) await take(world, taken);
      await audit();
      // All money but refunds, and what rests on them, is where it first lay.
      const { standings, isHeld } = await takeAllBack(world);
      for (const standing of isHeld ? [] : standings) {
        expect(standing).toMatch(/^suspense 0\/|^refund(?:ing|ed) /);
      }
      await audit();
    }),
    // The business lives on from run to run: a smaller sequence would start from another state.
    { numRuns: 6, endOnFailure: true },
  );
}, 60_000);
