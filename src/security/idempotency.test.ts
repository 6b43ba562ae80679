import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, firstBusinessId } from '#kernel';
import { sql } from '#platform/db';

import {
  createIdempotency,
  hashOf,
  type Idempotency,
  type IdempotencyClaim,
} from './idempotency.ts';
import { createTestBed, type TestBed } from './test-kit.ts';

let bed: TestBed;
let idempotency: Idempotency;

beforeAll(async () => {
  bed = await createTestBed();
  const { database, clock } = bed;
  idempotency = createIdempotency({ database, businessId: firstBusinessId, clock });
});

afterAll(() => bed.close());

beforeEach(async () => {
  await sql`delete from idempotent_request`.execute(bed.database.executor);
});

const request = { route: 'transfer', key: 'k1', input: { type: 'mpesa', amount: 500n } };

async function first(input: unknown = request.input): Promise<IdempotencyClaim> {
  const verdict = await idempotency.begin({ ...request, input });
  if (verdict.kind !== 'first') throw new Error(verdict.kind);
  return verdict.claim;
}

const kind = async (input: unknown = request.input): Promise<string> =>
  (await idempotency.begin({ ...request, input })).kind;

describe('idempotency', () => {
  it('lets exactly one of many askers work', async () => {
    const { neighbour, clock } = bed;
    const other = createIdempotency({ database: neighbour, businessId: firstBusinessId, clock });
    const verdicts = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 1 ? other : idempotency).begin(request)),
    );
    const kinds = verdicts.map((verdict) => verdict.kind).toSorted();
    expect(kinds).toEqual(['first', ...Array.from({ length: 19 }, () => 'in-progress')]);
  });

  it('repeats the first answer', async () => {
    await idempotency.finish(await first(), { status: 201, body: '{"id":"tr_1"}' });
    const again = { kind: 'replay', status: 201, body: '{"id":"tr_1"}' };
    expect(await idempotency.begin(request)).toEqual(again);
    const reordered = { amount: 500n, type: 'mpesa' };
    expect(await idempotency.begin({ ...request, input: reordered })).toEqual(again);
  });

  it.each([
    ['another amount', { type: 'mpesa', amount: 501n }],
    ['an amount as text', { type: 'mpesa', amount: '500' }],
    ['more', { type: 'mpesa', amount: 500n, note: '' }],
    ['nothing', null],
  ])('refuses the key for %s, during the work and after', async (_what, other) => {
    const claim = await first();
    expect(await kind(other)).toBe('mismatch');
    await idempotency.finish(claim, { status: 200, body: '' });
    expect(await kind(other)).toBe('mismatch');
  });

  it('keeps routes and keys apart', async () => {
    await first();
    for (const other of [{ route: 'target' }, { key: 'k2' }])
      expect((await idempotency.begin({ ...request, ...other })).kind).toBe('first');
  });

  it('lets the next asker start anew after the work was abandoned', async () => {
    await idempotency.abandon(await first());
    expect(await kind({ type: 'airtel' })).toBe('first');
  });

  it('is taken over from an asker that died, after a minute and by one alone', async () => {
    const dead = await first();
    await bed.clock.advance(60_000);
    expect(await kind()).toBe('in-progress');
    await bed.clock.advance(1);
    expect(await kind({ type: 'airtel' })).toBe('mismatch');
    const kinds = await Promise.all([kind(), kind(), kind()]);
    expect(kinds.toSorted()).toEqual(['first', 'in-progress', 'in-progress']);
    // The dead one was only slow: it no longer has a say.
    await idempotency.finish(dead, { status: 500, body: 'late' });
    await idempotency.abandon(dead);
    expect(await kind()).toBe('in-progress');
  });

  it('never gives a finished request away, however old', async () => {
    await idempotency.finish(await first(), { status: 200, body: 'done' });
    await bed.clock.advance(6 * dayMs);
    await idempotency.sweep();
    expect(await kind()).toBe('replay');
    await bed.clock.advance(dayMs + 1);
    await idempotency.sweep();
    expect(await kind()).toBe('first');
  });

  it('keeps the answer with the work or not at all', async () => {
    const claim = await first();
    const lost = bed.database.transaction(async (tx) => {
      await idempotency.finish(claim, { status: 200, body: 'done' }, tx);
      throw new Error('the work failed');
    });
    await expect(lost).rejects.toThrow('the work failed');
    expect(await kind()).toBe('in-progress');
  });

  it.each([
    [{ a: 1, b: { c: [1, 2], d: null } }, { b: { d: null, c: [1, 2] }, a: 1 }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: 1 }, { a: '1' }, false],
    [{ a: 1 }, { a: 1n }, false],
    [{}, [], false],
    [null, undefined, false],
  ])('%o and %o are the same input: %j', (one, other, expected) => {
    expect(hashOf(one).equals(hashOf(other))).toBe(expected);
  });
});
