import { describe, expect, it } from 'vitest';

import { createIdSource, createVirtualClock } from '#kernel';

import { railCollection, revenue, type Account } from './account.ts';
import {
  assertBalanced,
  canonicalInput,
  credit,
  debit,
  entriesMax,
  type Entry,
  type Posting,
} from './transaction.ts';

const ids = createIdSource({ clock: createVirtualClock(1_795_400_000_000), shard: 1 });
const wallet = railCollection('mpesa');
const trading = revenue('trading');
const dollars: Account = { name: 'fx', kind: 'asset', currency: 'USD' };

const posting = (entries: readonly Entry[], change: Partial<Posting> = {}): Posting => ({
  id: ids.next('ledgerTransaction'),
  kind: 'payment',
  idempotencyKey: 'payment:mpesa:UKN1',
  subject: 'pay_1',
  occurredAt: 1_795_400_000_000,
  entries,
  ...change,
});

const many = (pairs: number): readonly Entry[] =>
  Array.from({ length: pairs }, () => [debit(wallet, 1n), credit(trading, 1n)]).flat();

describe('a posting', () => {
  it.each([
    ['two sides', [debit(wallet, 100n), credit(trading, 100n)]],
    ['a split', [debit(wallet, 100n), credit(trading, 99n), credit(revenue('airtime'), 1n)]],
    ['as many entries as there may be', many(entriesMax / 2)],
    [
      'two currencies, each balanced',
      [debit(wallet, 5n), credit(trading, 5n), debit(dollars, 1n), credit(dollars, 1n)],
    ],
  ])('balances with %s', (_what, entries) => {
    expect(() => assertBalanced(posting(entries))).not.toThrow();
  });

  it.each([
    ['nothing', [], '2–100 entries'],
    ['one side', [debit(wallet, 100n)], '2–100 entries'],
    ['too many entries', [...many(entriesMax / 2), ...many(1)], '2–100 entries'],
    ['a cent missing', [debit(wallet, 100n), credit(trading, 99n)], 'sums to zero in KES'],
    ['one side in dollars', [debit(wallet, 5n), credit(dollars, 5n)], 'sums to zero'],
    [
      'an entry of nothing',
      [debit(wallet, 5n), credit(trading, 5n), { account: wallet, amountMinor: 0n }],
      'moves something',
    ],
  ])('with %s is a defect', (_what, entries, statement) => {
    expect(() => assertBalanced(posting(entries))).toThrow(statement);
  });

  it.each([0n, -1n])('has no debit or credit of %d', (amountMinor) => {
    expect(() => debit(wallet, amountMinor)).toThrow('above zero');
    expect(() => credit(wallet, amountMinor)).toThrow('above zero');
  });
});

describe('the input of a posting', () => {
  const entries = [debit(wallet, 100n), credit(trading, 100n)];
  const base = canonicalInput(posting(entries));

  it('is the same whatever its id and key', () => {
    expect(canonicalInput(posting(entries, { idempotencyKey: 'x' }))).toBe(base);
  });

  it.each([
    ['kind', posting(entries, { kind: 'refund' })],
    ['subject', posting(entries, { subject: 'pay_2' })],
    ['time', posting(entries, { occurredAt: 1 })],
    ['amount', posting([debit(wallet, 101n), credit(trading, 101n)])],
    ['account', posting([debit(wallet, 100n), credit(revenue('airtime'), 100n)])],
    ['order', posting(entries.toReversed())],
  ])('differs with another %s', (_what, other) => {
    expect(canonicalInput(other)).not.toBe(base);
  });
});
