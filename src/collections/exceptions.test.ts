import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { createPrng } from '#kernel';
import type { JsonObject } from '#platform/outbox';

import { openInbox, type Inbox } from './fixes/test-kit.ts';
import type { ExceptionKind, NewException } from './exceptions/store.ts';

let inbox: Inbox;
let subject: string;
beforeAll(async () => {
  inbox = await openInbox();
});
beforeEach(() => {
  subject = inbox.town.business.ids.next('transfer');
});
afterAll(() => inbox.town.closeProved());

const trouble = (kind: ExceptionKind, detail: JsonObject, amountMinor?: bigint): NewException => ({
  kind,
  rail: 'mpesa',
  subject,
  amountMinor,
  detail,
});
const open = (...all: readonly NewException[]): Promise<void> =>
  inbox.town.business.database.transaction((tx) => inbox.collections.openExceptions(tx, all));
const state = async () => {
  const [only, ...more] = await inbox.allAbout(subject);
  expect(more).toEqual([]);
  return only && `${only.state} ${JSON.stringify(only.detail)}`;
};
const keep = async (): Promise<void> => {
  const { id } = await inbox.about(subject);
  expect(await inbox.fix(id, { kind: 'keep' })).toMatchObject({ ok: true });
};

it('is one row however often it is told, in one breath as well', async () => {
  const same = trouble('unknown-transfer', { ownId: 'QT1' });
  await open(same, same);
  await open(same);
  expect(await state()).toBe('open {"ownId":"QT1"}');
});

it('is open again when it begins anew after it ended by itself', async () => {
  const again = trouble('unknown-transfer', { ownId: 'QT1' });
  await open(again);
  await inbox.town.business.database.transaction((tx) =>
    inbox.collections.resolveExceptions(tx, { kind: 'unknown-transfer', subjects: [subject] }),
  );
  expect(await state()).toContain('resolved');
  await open(again);
  expect(await state()).toBe('open {"ownId":"QT1"}');
});

it('stays with whoever has dealt with it, unless the provider contradicts once more', async () => {
  await open(trouble('payout-mismatch', { why: 'completed after it was reported as failed' }));
  await keep();
  await open(trouble('payout-mismatch', { why: 'completed after it was reported as failed' }));
  expect(await state()).toContain('resolved');
  await open(trouble('payout-mismatch', { why: 'completed a second time' }));
  expect(await state()).toBe('open {"why":"completed a second time"}');
});

it.each([
  ['of another amount', 200n, 'open'],
  ['by another road', 100n, 'resolved'],
])('of one receipt with two amounts, told again %s, is %s', async (_how, again, then) => {
  await open(trouble('receipt-contradiction', { receipt: 'R1', road: 'list' }, 100n));
  await keep();
  await open(trouble('receipt-contradiction', { receipt: 'R1', road: 'statement' }, again));
  expect(await state()).toContain(then);
});

it('that a person knows of does not come back with other figures', async () => {
  await open(trouble('low-float', { available: '100.00' }, 100n));
  await keep();
  await open(trouble('low-float', { available: '90.00' }, 110n));
  expect(await state()).toBe('resolved {"available":"100.00"}');
});

describe('how many are open', () => {
  const counted = async (): Promise<number> => {
    const [row] = await inbox.town.rows<{ count: bigint }>(
      "select count(*) as count from exception where state = 'open'",
    );
    return Number(row?.count);
  };
  const isRight = async (): Promise<void> =>
    expect(await inbox.collections.openExceptionCount()).toBe(await counted());
  const some = (from: number, count: number): readonly NewException[] =>
    Array.from({ length: count }, (_, n) => ({
      ...trouble('unknown-transfer', { ownId: 'QT1' }),
      subject: `counted ${from + n}`,
    }));
  const resolve = (all: readonly NewException[]): Promise<void> =>
    inbox.town.business.database.transaction((tx) =>
      inbox.collections.resolveExceptions(tx, {
        kind: 'unknown-transfer',
        subjects: all.map((one) => one.subject),
      }),
    );

  it('is told beyond any page', async () => {
    await open(...some(0, 2_500));
    expect(await inbox.collections.openExceptionCount()).toBeGreaterThanOrEqual(2_500);
    await isRight();
    await resolve(some(0, 2_400));
    await isRight();
  });

  it('is right whatever is opened, told again, resolved, removed or taken back', async () => {
    const prng = createPrng(17);
    const { database } = inbox.town.business;
    const take = async (): Promise<void> => {
      const what = prng.pick(['open', 'group', 'resolve', 'fail', 'remove', 'fix']);
      const all = some(3_000 + prng.between(0, 30), prng.between(1, 12));
      if (what === 'open') return open(...all);
      if (what === 'group') {
        return database.groupTransaction((tx) => inbox.collections.openExceptions(tx, all));
      }
      if (what === 'resolve') return resolve(all);
      if (what === 'remove') {
        await inbox.town.rows("delete from exception where subject = 'counted 3005'");
        return undefined;
      }
      if (what === 'fix') return decide(all);
      const failed = database.transaction(async (tx) => {
        await inbox.collections.openExceptions(tx, all);
        throw new Error('taken back');
      });
      return expect(failed).rejects.toThrow('taken back');
    };
    for (let n = 0; n < 40; n += 1) {
      await Promise.all([take(), take(), take()]);
      await isRight();
    }
  });

  /** A person keeps it as it is, and sometimes takes that back. */
  async function decide(all: readonly NewException[]): Promise<void> {
    for (const { subject: about } of all.slice(0, 2)) {
      const [found] = await inbox.allAbout(about);
      if (found === undefined) continue;
      await inbox.fix(found.id, { kind: 'keep' });
      if (found.subject.endsWith('7')) await inbox.undo(found.id);
    }
  }

  it('cannot be emptied behind its back', async () => {
    await expect(inbox.town.rows('truncate exception cascade')).rejects.toThrow(
      'are never changed or removed',
    );
  });
});
