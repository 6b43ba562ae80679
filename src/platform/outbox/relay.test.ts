import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { EventId } from '#kernel';
import { sql, type Database } from '#platform/db';
import { silentLog, type Log } from '#platform/log';

import { createTestFoundation, type TestFoundation } from '../../../test/support/foundation.ts';
import { createOutbox } from './outbox.ts';
import { createRelay, type Relay } from './relay.ts';

let base: TestFoundation;
let relays: Relay[] = [];

beforeEach(async () => {
  base = await createTestFoundation();
});

afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await base.close();
});

const pollMs = 1_000;
/** Within it, another notice waits. */
const noticeMs = 25;

function start(startAfter: EventId = base.ids.next('event'), log: Log = silentLog): Relay {
  const relay = createRelay({ ...base, log, startAfter });
  relays.push(relay);
  return relay;
}

/** What one listener was told, and a way to wait for a certain piece of news. */
function follow(relay: Relay) {
  const topics: string[] = [];
  const waiting = new Map<string, () => void>();
  let last: EventId | undefined;
  const leave = relay.subscribe((events) => {
    for (const { topic, id } of events) {
      topics.push(topic);
      last = id;
      waiting.get(topic)?.();
    }
  });
  return {
    topics,
    leave,
    last: () => last,
    heard: (topic: string): Promise<void> =>
      topics.includes(topic)
        ? Promise.resolve()
        : new Promise((resolve) => void waiting.set(topic, resolve)),
  };
}

/** Lets the relay poll until it is so: it may be reading while the clock moves. */
async function pollUntil(heard: Promise<unknown>): Promise<void> {
  const waiting = new AbortController();
  const over = heard.finally(() => waiting.abort());
  while (!waiting.signal.aborted) {
    await base.clock.advance(pollMs);
    await new Promise((resolve) => void setImmediate(resolve));
  }
  await over;
}

const publish = (topics: readonly string[], from: Database = base.database) =>
  from.transaction((tx) =>
    base.outbox.publish(
      tx,
      topics.map((topic) => ({ topic, payload: {} })),
    ),
  );

/** A transaction that has published and waits for the word to commit. */
async function publishLater(topic: string, by = base.outbox): Promise<() => Promise<void>> {
  const gate = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  const done = base.neighbour.transaction(async (tx) => {
    await by.publish(tx, [{ topic, payload: {} }]);
    written.resolve();
    await gate.promise;
  });
  await written.promise;
  return () => {
    gate.resolve();
    return done;
  };
}

describe('the relay', () => {
  it('hands every event to every listener, by notice and without the clock', async () => {
    const relay = start();
    const [one, other] = [follow(relay), follow(relay)];
    await publish(['first']);
    await Promise.all([one.heard('first'), other.heard('first')]);
    await publish(['second', 'third'], base.neighbour);
    await Promise.all([one.heard('third'), other.heard('third')]);
    expect(one.topics).toEqual(['first', 'second', 'third']);
    expect(other.topics).toEqual(one.topics);
  });

  it('hears of others by notice, and reads nothing back of its own', async () => {
    const stranger = createOutbox({ ...base, database: base.neighbour });
    const publishElsewhere = (topic: string): Promise<void> =>
      base.neighbour.transaction((tx) => stranger.publish(tx, [{ topic, payload: {} }]));
    let readings = 0;
    const begun = Promise.withResolvers<void>();
    const after = async (...asked: Parameters<typeof base.outbox.after>) => {
      const events = await base.outbox.after(...asked);
      readings += 1;
      begun.resolve();
      return events;
    };
    const relay = createRelay({
      ...base,
      outbox: { ...base.outbox, after },
      log: silentLog,
      startAfter: base.ids.next('event'),
    });
    relays.push(relay);
    const { topics, heard } = follow(relay);
    // Else the reading of the start may find it, and that of its notice come later.
    await begun.promise;
    await publishElsewhere('hello');
    await heard('hello');
    const before = readings;
    await publish(['own']);
    await base.clock.advance(noticeMs);
    await publish(['own too']);
    await heard('own too');
    await publishElsewhere('one');
    await publishElsewhere('other');
    await base.clock.advance(noticeMs);
    await Promise.all([heard('one'), heard('other')]);
    expect(topics).toEqual(['hello', 'own', 'own too', 'one', 'other']);
    // One for each notice of the stranger's, at most.
    expect(readings - before).toBeLessThanOrEqual(2);
  });

  it('hands on more than one reading holds', async () => {
    const { topics, heard } = follow(start());
    await publish(Array.from({ length: 1_200 }, (_, n) => `n${n}`));
    await heard('n1199');
    expect(topics).toEqual(Array.from({ length: 1_200 }, (_, n) => `n${n}`));
  });

  it('finds an event that committed after one with a later id, and repeats nothing', async () => {
    const { topics, heard } = follow(start());
    const commitEarlier = await publishLater('early id');
    await base.clock.advance(14_000);
    await publish(['late id']);
    await heard('late id');
    expect(topics).toEqual(['late id']);
    await commitEarlier();
    await pollUntil(heard('early id'));
    for (let n = 0; n < 5; n += 1) {
      await publish([`later ${n}`]);
      await pollUntil(heard(`later ${n}`));
    }
    expect(topics).toEqual(['late id', 'early id', ...[0, 1, 2, 3, 4].map((n) => `later ${n}`)]);
  });

  it('looks back for what another process committed late', async () => {
    const { topics, heard } = follow(start());
    const stranger = createOutbox({ ...base, database: base.neighbour });
    const commitEarlier = await publishLater('early id', stranger);
    await base.clock.advance(10_000);
    await publish(['late id']);
    await heard('late id');
    await commitEarlier();
    await pollUntil(heard('early id'));
    await publish(['end']);
    await pollUntil(heard('end'));
    expect(topics).toEqual(['late id', 'early id', 'end']);
  });

  it('hands each of many that commit in any order on once', async () => {
    const { topics, heard } = follow(start());
    const names = Array.from({ length: 60 }, (_, n) => `n${n}`);
    await Promise.all(
      names.map((name, n) => publish([name], n % 2 === 0 ? base.database : base.neighbour)),
    );
    await pollUntil(Promise.all(names.map(heard)));
    await publish(['end']);
    await pollUntil(heard('end'));
    expect(topics.toSorted()).toEqual([...names, 'end'].toSorted());
  });

  it('goes on where another stopped', async () => {
    const first = start();
    const before = follow(first);
    await publish(['a', 'b']);
    await before.heard('b');
    await first.stop();
    await publish(['c', 'd']);
    const after = follow(start(before.last()));
    await after.heard('d');
    expect([before.topics, after.topics]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('starts with what happens from now on', async () => {
    await publish(['old']);
    const { topics, heard } = follow(start());
    await publish(['new']);
    await heard('new');
    expect(topics).toEqual(['new']);
  });

  it('survives its connections, and listens again', async () => {
    const { topics, heard } = follow(start());
    await publish(['before']);
    await heard('before');
    await sql`
      select pg_terminate_backend(pid, 5000) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`.execute(
      base.neighbour.executor,
    );
    await publish(['meanwhile'], base.neighbour);
    await pollUntil(heard('meanwhile'));
    // By notice again: the clock stands still from here on.
    await publish(['after'], base.neighbour);
    await heard('after');
    expect(topics).toEqual(['before', 'meanwhile', 'after']);
  });

  it('is not stopped by a listener that fails, nor are the others', async () => {
    const troubles: string[] = [];
    const log = { ...silentLog, error: (_: unknown, text: string) => void troubles.push(text) };
    const relay = start(undefined, log);
    const before = follow(relay);
    relay.subscribe(() => {
      throw new Error('a broken pipe');
    });
    const after = follow(relay);
    await publish(['one']);
    await Promise.all([before.heard('one'), after.heard('one')]);
    await publish(['two']);
    await after.heard('two');
    expect([before.topics, after.topics]).toEqual([
      ['one', 'two'],
      ['one', 'two'],
    ]);
    expect(troubles).toEqual(Array(2).fill('a listener to events failed'));
  });

  it('tells nobody who has left', async () => {
    const relay = start();
    const [leaver, stayer] = [follow(relay), follow(relay)];
    await publish(['one']);
    await leaver.heard('one');
    leaver.leave();
    await publish(['two']);
    await stayer.heard('two');
    expect(leaver.topics).toEqual(['one']);
  });

  it('stops at once, though the clock stands still', async () => {
    const relay = start();
    const { topics, heard } = follow(relay);
    await publish(['one']);
    await heard('one');
    await relay.stop();
    await relay.stop();
    await publish(['two']);
    expect(topics).toEqual(['one']);
  });
});
