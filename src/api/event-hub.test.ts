import { describe, expect, it } from 'vitest';

import { eventNumber, from, idsOf, listener, openHub, read } from './event-test-kit.ts';

describe('the hub', () => {
  it('tells the first event at once and those after it together, an interval later', async () => {
    const { hub, clock, tell } = openHub();
    const one = listener();
    await hub.join(one);
    tell(from(1, 1));
    expect(one.ids()).toEqual(idsOf(1));
    for (const n of [2, 3, 4]) tell(from(n, n));
    expect(one.ids()).toEqual(idsOf(1));
    await clock.advance(50);
    expect(one.ids()).toEqual(idsOf(1, 2, 3, 4));
  });

  it('goes on right after the last event a client had, even amid what came together', async () => {
    const { hub, clock, tell } = openHub();
    await hub.join(listener());
    tell(from(1, 3));
    await clock.advance(1_000);
    // Committed late, so that it was told after a later id.
    tell([eventNumber(6), eventNumber(5), eventNumber(7)]);
    const [again, end] = [listener(eventNumber(6).id), listener(eventNumber(7).id)];
    await hub.join(again);
    await hub.join(end);
    await clock.advance(1_000);
    tell(from(8, 8));
    expect(again.ids()).toEqual(idsOf(5, 7, 8));
    expect(end.ids()).toEqual(idsOf(8));
  });

  it('tells from the database what its log has no more, and nothing of it twice', async () => {
    const { hub, clock, tell } = openHub(from(1, 5));
    const one = listener(eventNumber(2).id);
    const joining = hub.join(one);
    tell(from(4, 4));
    await joining;
    await clock.advance(1_000);
    tell(from(5, 6));
    // Ids before the last one are told again, for they may have been committed late.
    expect(one.ids()).toEqual(idsOf(1, 2, 3, 4, 5, 6));
  });

  it('writes nothing out for nobody, and misses nothing for who comes then', async () => {
    const { hub, clock, tell } = openHub(from(1, 3));
    const before = listener();
    await hub.join(before);
    tell(from(1, 1));
    before.raw.emit('close');
    await clock.advance(61_000);
    tell(from(2, 2));
    const one = listener(eventNumber(1).id);
    await hub.join(one);
    tell(from(3, 3));
    expect(one.ids()).toEqual(idsOf(1, 2, 3));
  });

  it.each([
    ['a few', 50, 400],
    ['many', 51, 1_000],
  ])('gives %s (%i) a snapshot at once after news, and the next %i ms later', async (...row) => {
    const [, listeners, everyMs] = row;
    const { hub, clock, tell, snapshots } = openHub();
    for (let n = 0; n < listeners; n += 1) await hub.join(listener());
    const before = snapshots();
    tell(from(1, 1));
    expect(snapshots() - before).toBe(1);
    await clock.advance(1);
    for (const n of [2, 3, 4]) tell(from(n, n));
    await clock.advance(everyMs - 2);
    expect(snapshots() - before).toBe(1);
    await clock.advance(1);
    expect(snapshots() - before).toBe(2);
    await clock.advance(10 * everyMs);
    tell(from(5, 5));
    expect(snapshots() - before).toBe(3);
  });

  it('takes two thousand listeners and tells them when it ends', async () => {
    const { hub } = openHub();
    const listeners = Array.from({ length: 2_000 }, () => listener());
    for (const one of listeners) {
      expect(hub.isFull).toBe(false);
      await hub.join(one);
    }
    expect(hub.isFull).toBe(true);
    hub.close();
    expect(listeners.every(({ raw }) => raw.writableEnded)).toBe(true);
    expect(hub.isFull).toBe(false);
  });
});

const screen = (lastEventId?: Parameters<typeof listener>[0]) => listener(lastEventId, 'digest');

describe('the hub, for screens', () => {
  it('tells the first event at once and those after it as one', async () => {
    const { hub, clock, tell } = openHub();
    const one = screen();
    await hub.join(one);
    tell(from(1, 1));
    expect(one.digests()).toMatchObject([{ events: 1, omitted: 0 }]);
    tell(from(2, 3));
    tell(from(4, 400));
    await clock.advance(74);
    expect(one.ids()).toEqual(idsOf(1));
    await clock.advance(1);
    expect(one.ids()).toEqual(idsOf(1, 400));
    const [, many] = one.digests();
    expect(many).toMatchObject({ events: 399, topics: { 'payment.confirmed': 399 } });
    expect(many?.newest.map(({ id }) => id)).toEqual(from(393, 400).map(({ id }) => id));
  });

  it('sums up for screens while it tells programs everything', async () => {
    const { hub, clock, tell } = openHub();
    const [full, digest] = [listener(), screen()];
    await hub.join(full);
    await hub.join(digest);
    tell(from(1, 1));
    tell(from(2, 60));
    await clock.advance(1_000);
    expect(full.ids()).toEqual(from(1, 60).map(({ id }) => id));
    expect(full.digests()).toEqual([]);
    expect(digest.ids()).toEqual(idsOf(1, 60));
    expect(new Set(digest.names())).toEqual(new Set(['digest']));
  });

  it('goes on with the digests a screen missed', async () => {
    const { hub, clock, tell } = openHub();
    await hub.join(screen());
    for (const n of [1, 11, 21]) {
      tell(from(n, n + 9));
      await clock.advance(1_000);
    }
    const again = screen(eventNumber(10).id);
    await hub.join(again);
    expect(again.ids()).toEqual(idsOf(20, 30));
    tell(from(31, 31));
    expect(again.names()).not.toContain('gap');
    expect(again.digests().map(({ events }) => events)).toEqual([10, 10, 1]);
  });

  it.each([
    ['from another process', 900],
    ['from the middle of what came together', 5],
  ])('says so to a screen whose last event is %s, and counts nothing twice', async (_, last) => {
    const { hub, clock, tell } = openHub(from(1, 10));
    await hub.join(screen());
    tell(from(1, 10));
    await clock.advance(1_000);
    const again = screen(eventNumber(last).id);
    await hub.join(again);
    expect(again.names()).toEqual(['gap']);
    tell(from(11, 12));
    expect(again.digests().map(({ events }) => events)).toEqual([2]);
  });

  it('says so to a screen that comes back after a while in which nobody listened', async () => {
    const { hub, clock, tell } = openHub();
    const before = screen();
    await hub.join(before);
    tell(from(1, 1));
    before.raw.emit('close');
    await clock.advance(61_000);
    tell(from(2, 2));
    const again = screen(eventNumber(1).id);
    await hub.join(again);
    expect(again.names()).toEqual(['gap']);
  });

  it('lets a screen that does not read skip to what is new', async () => {
    const { hub, clock, tell } = openHub();
    const [slow, quick] = [screen(), screen()];
    await hub.join(slow);
    await hub.join(quick);
    read(quick);
    for (let n = 1; n <= 400; n += 1) {
      tell([eventNumber(n, 'x'.repeat(1_000))]);
      await clock.advance(100);
    }
    const before = slow.digests().length;
    expect(slow.raw.writableLength).toBeLessThan(70 * 1024);
    read(slow);
    expect(slow.names().slice(before)).toEqual(['gap']);
    tell(from(401, 401));
    expect(slow.digests().slice(before)).toMatchObject([{ events: 1 }]);
    expect(slow.ids().at(-1)).toBe(eventNumber(401).id);
    expect(quick.digests()).toHaveLength(401);
    expect(slow.raw.destroyed).toBe(false);
  });

  it('leaves a screen that is a little behind its digests', async () => {
    const { hub, clock, tell } = openHub();
    const slow = screen();
    await hub.join(slow);
    for (let n = 1; n <= 100; n += 1) {
      tell([eventNumber(n, 'x'.repeat(1_000))]);
      await clock.advance(100);
    }
    expect(slow.digests().length).toBeLessThan(100);
    read(slow);
    expect(slow.ids()).toEqual(from(1, 100).map(({ id }) => id));
    expect(slow.names()).not.toContain('gap');
  });

  it('drops who reads nothing at all, in the end', async () => {
    const { hub, clock, tell } = openHub();
    const dead = screen();
    await hub.join(dead);
    for (let n = 1; n <= 150; n += 1) {
      tell([eventNumber(n, 'x'.repeat(32 * 1_024))]);
      await clock.advance(100);
    }
    expect(dead.raw.destroyed).toBe(true);
  });

  it('sets no timer while nobody listens', async () => {
    const { hub, clock, tell } = openHub();
    expect(clock.nextDueAt()).toBeUndefined();
    const both = [screen(), listener()];
    for (const one of both) await hub.join(one);
    tell(from(1, 1));
    expect(clock.nextDueAt()).toBeDefined();
    for (const { raw } of both) raw.emit('close');
    expect(clock.nextDueAt()).toBeUndefined();
    await clock.advance(61_000);
    for (const n of [2, 3, 4]) tell(from(n, n));
    expect(clock.nextDueAt()).toBeUndefined();
  });
});
