import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, idNumberAt, isoOf, type EventId } from '#kernel';
import { sql } from '#platform/db';

import {
  createTestFoundation,
  foundationStartAt,
  type TestFoundation,
} from '../../../test/support/foundation.ts';
import type { News } from './outbox.ts';

let base: TestFoundation;

beforeAll(async () => {
  base = await createTestFoundation();
});

afterAll(() => base.close());

beforeEach(() => sql`delete from event`.execute(base.database.executor));

const publish = (news: readonly News[]) =>
  base.database.transaction((tx) => base.outbox.publish(tx, news));
const all = (after?: EventId, limit = 100) => base.outbox.after(after, limit);

describe('the outbox', () => {
  it('gives back what was published, in order', async () => {
    const payload = { chargeId: 'ch_1', n: 1, deep: { list: [true, null, 'ü"\\'] } };
    await publish([
      { topic: 'charge.created', payload },
      { topic: 'charge.paid', payload: {} },
    ]);
    expect(await all()).toEqual([
      {
        id: expect.stringMatching(/^ev_/),
        topic: 'charge.created',
        occurredAt: base.clock.now(),
        payload,
      },
      expect.objectContaining({ topic: 'charge.paid', payload: {} }),
    ]);
  });

  it('knows of nothing that did not happen', async () => {
    const failed = base.database.transaction(async (tx) => {
      await base.outbox.publish(tx, [{ topic: 'charge.paid', payload: {} }]);
      throw new Error('the books refused');
    });
    await expect(failed).rejects.toThrow('the books refused');
    await publish([]);
    expect(await all()).toEqual([]);
  });

  it('is read on from an id, so many at a time', async () => {
    await publish(['a', 'b', 'c', 'd'].map((topic) => ({ topic, payload: {} })));
    const [first, second] = await all(undefined, 2);
    expect([first?.topic, second?.topic]).toEqual(['a', 'b']);
    expect((await all(second?.id)).map(({ topic }) => topic)).toEqual(['c', 'd']);
    expect((await all(second?.id, 1)).map(({ topic }) => topic)).toEqual(['c']);
  });

  it('names what is missing from a stretch of ids', async () => {
    await publish(['a', 'b', 'c', 'd'].map((topic) => ({ topic, payload: {} })));
    const events = await all();
    const [first, , third] = events.map(({ id }) => id);
    const gap = { above: 0n, upTo: third ?? base.ids.next('event'), known: first ? [first] : [] };
    const topicsOf = async (change: Partial<typeof gap>, limit = 10) =>
      (await base.outbox.missing({ ...gap, ...change }, limit)).map(({ topic }) => topic);
    expect(await topicsOf({})).toEqual(['b', 'c']);
    expect(await topicsOf({ known: [] })).toEqual(['a', 'b', 'c']);
    expect(await topicsOf({ known: [] }, 1)).toEqual(['a']);
    expect(await topicsOf({ above: idNumberAt(base.clock.now() + 1) })).toEqual([]);
  });

  it('forgets what is older than a week, however much it is', async () => {
    const old = idNumberAt(foundationStartAt - 8 * dayMs);
    await sql`
      insert into event
      select 1, ${old}::bigint + n, 'old', ${isoOf(foundationStartAt - 8 * dayMs)}, '{}'
      from generate_series(1, 20500) n`.execute(base.database.executor);
    const young = idNumberAt(foundationStartAt - 7 * dayMs);
    await sql`
      insert into event values (1, ${young}, 'young', ${isoOf(foundationStartAt)}, '{}')`.execute(
      base.database.executor,
    );
    await publish([{ topic: 'new', payload: {} }]);
    await base.outbox.sweep();
    expect((await all()).map(({ topic }) => topic)).toEqual(['young', 'new']);
  });
});
