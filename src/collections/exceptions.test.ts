import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

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
