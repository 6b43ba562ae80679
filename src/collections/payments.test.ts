import { afterEach, beforeEach, expect, it } from 'vitest';

import { idFromNumber } from '#kernel';
import { sql, type Tx } from '#platform/db';

import { matching, openInbox, type Inbox } from './fixes/test-kit.ts';
import { createPaymentStore } from './payments/store.ts';
import { createPromptStore } from './prompts/store.ts';

let inbox: Inbox;
beforeEach(async () => {
  inbox = await openInbox();
});
afterEach(() => inbox.town.closeProved());

it('finds what named a charge, and what a fix let pay it, each once', async () => {
  const charge = await inbox.town.charge();
  const { id, reference } = await inbox.town.charge();
  const named = await inbox.pay({ receipt: 'R1', kes: 700, reference });
  await inbox.fix((await inbox.about(named)).id, matching(id));
  const placed = await inbox.pay({ receipt: 'R2' });
  await inbox.fix((await inbox.about(placed)).id, matching(charge.id));
  const idsFor = async (one: typeof id) =>
    (await inbox.collections.paymentsOf(one)).map((payment) => payment.id);
  expect(await idsFor(id)).toEqual([named]);
  expect(await idsFor(charge.id)).toEqual([placed]);
});

/** Rows that this connection has lately changed in place. */
async function changedInPlace(tx: Tx): Promise<readonly bigint[]> {
  const { rows } = await sql<{ charge: bigint; prompt: bigint }>`
    select pg_stat_get_xact_tuples_hot_updated('charge'::regclass) as charge,
      pg_stat_get_xact_tuples_hot_updated('prompt'::regclass) as prompt`.execute(tx);
  return rows.flatMap(({ charge, prompt }) => [charge, prompt]);
}

it('changes a charge and its prompt in place, touching none of their indexes', async () => {
  const { business, clock, prompted } = inbox.town;
  const { charge, promptId } = await prompted();
  const changed = await business.database.transaction(async (tx) => {
    const before = await changedInPlace(tx);
    await business.billing.pay(tx, [{ id: charge.id, paymentId: idFromNumber('payment', 5n) }]);
    const ids = [idFromNumber('prompt', promptId)];
    await createPromptStore(business.businessId).settlePaid(tx, ids, clock.now());
    const after = await changedInPlace(tx);
    // There is no such payment.
    await sql`update charge set state = 'prompted', payment_id = null`.execute(tx);
    await sql`update prompt set state = 'accepted', settled_at = null`.execute(tx);
    return after.map((count, n) => count - (before[n] ?? 0n));
  });
  expect(changed).toEqual([1n, 1n]);
});

const asksMax = 2_000;

/** Asks until so many wait for a lock. */
async function untilWaiting(count: number): Promise<void> {
  for (let asked = 0; asked < asksMax; asked += 1) {
    const waiting = await inbox.town.rows(`
      select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    if (waiting.length >= count) return;
  }
  throw new Error('nobody waits');
}

it('reads what has earned of a payment once it holds it', async () => {
  const payment = await inbox.pay({ receipt: 'R1' });
  const { id } = await inbox.about(payment);
  const { business } = inbox.town;
  const store = createPaymentStore(business);
  const waiting = await business.database.transaction(async (tx) => {
    await store.lock(tx, [payment]);
    const fixed = inbox.fix(id, { kind: 'assign-stream', streamId: 'trading' });
    await untilWaiting(1);
    const locked = business.database.transaction((other) => store.lock(other, [payment]));
    await untilWaiting(2);
    return { fixed, locked };
  });
  expect(await waiting.fixed).toMatchObject({ ok: true });
  expect(await waiting.locked).toMatchObject([{ state: 'earned', earnedBy: 'trading' }]);
});
