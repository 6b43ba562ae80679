import { argon2Sync } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, firstBusinessId, numberFromId, type Result, Secret } from '#kernel';
import { sql } from '#platform/db';

import type { RecordAudit } from './record-audit.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSeededRandom, createTestBed, type TestBed } from './test-kit.ts';

const minuteMs = 60_000;
const home = '196.201.214.200';
const random = createSeededRandom('sessions');
let bed: TestBed;
let sessions: Sessions;
let recorded: { readonly action: string; readonly subject: string; readonly actor: string }[];

// Cheap on purpose: the cost of stretching is tested where it is done.
function cheapHashOf(text: string): string {
  const salt = random(16);
  const cost = { memory: 64, passes: 1, parallelism: 1, tagLength: 32 };
  const tag = argon2Sync('argon2id', { message: text, nonce: salt, ...cost });
  const written = [salt, tag].map((b) => b.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=64,t=1,p=1$${written.join('$')}`;
}

// What would be in the audit log: records of transactions that came through.
const recordAudit: RecordAudit = async (tx, { actor, action, subject, detail }) => {
  const kept = JSON.stringify({ actor: actor.kind, action, subject, detail });
  await sql`
    insert into event (business_id, id, topic, occurred_at, payload)
    values (1, ${numberFromId(bed.ids.next('event'))}, 'audit', now(), ${kept}::jsonb)`.execute(tx);
};

const audited = async (): Promise<typeof recorded> =>
  (
    await sql<{ payload: (typeof recorded)[number] }>`
      select payload from event order by id`.execute(bed.database.executor)
  ).rows.map((row) => row.payload);

beforeAll(async () => {
  bed = await createTestBed();
});

afterAll(() => bed.close());

beforeEach(async () => {
  const { database, clock, ids } = bed;
  await sql`truncate session, login_failure, event`.execute(database.executor);
  const masterKeyHash = cheapHashOf('right');
  const parts = { database, businessId: firstBusinessId, clock, ids, random };
  sessions = createSessions({ ...parts, masterKeyHash, recordAudit });
});

const attempt = (key: string, source = home) => sessions.login({ key: new Secret(key), source });

const outcome = async (key: string, source = home): Promise<string> => {
  const result = await attempt(key, source);
  return result.ok ? 'in' : result.error.kind;
};

function valueOf<Value>(result: Result<Value, unknown>): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const tokenOf = async (source = home): Promise<string> =>
  valueOf(await attempt('right', source)).token.reveal();

const stateOf = async (token: string): Promise<string> => {
  const found = await sessions.authenticate(token);
  return found.ok ? 'live' : found.error.kind;
};

describe('a session', () => {
  it('is opened by the master key and known by its token alone', async () => {
    const login = { key: new Secret('right'), source: `::ffff:${home}`, userAgent: 'Firefox\0' };
    const { token, session } = valueOf(await sessions.login(login));
    expect(token.reveal()).toMatch(/^[\w-]{43}$/);
    expect(session).toMatchObject({ source: home, userAgent: 'Firefox', verifiedAt: undefined });
    const found = valueOf(await sessions.authenticate(token.reveal()));
    expect(found).toEqual({ actor: { kind: 'master', sessionId: session.id }, session });
    expect(await stateOf(token.reveal().slice(1))).toBe('unknown-session');
    expect(await stateOf('')).toBe('unknown-session');
  });

  it('leaves nothing in the database that opens it', async () => {
    const token = await tokenOf();
    const { rows } = await sql<{ row: string }>`
      select s::text as row from session s`.execute(bed.database.executor);
    expect(rows[0]?.row).not.toContain(token);
    expect(rows[0]?.row).not.toContain(Buffer.from(token).toString('hex'));
    expect(rows[0]?.row).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
  });

  it('ends after a quarter of an hour without use', async () => {
    const token = await tokenOf();
    await bed.clock.advance(15 * minuteMs - 1);
    expect(await stateOf(token)).toBe('live');
    await bed.clock.advance(15 * minuteMs - 1);
    expect(await stateOf(token)).toBe('live');
    await bed.clock.advance(15 * minuteMs);
    expect(await stateOf(token)).toBe('session-expired');
    expect(await sessions.list()).toEqual([]);
  });

  it('ends after twelve hours however much it is used', async () => {
    const token = await tokenOf();
    for (let quarter = 0; quarter < 12 * 6; quarter += 1) {
      expect(await stateOf(token)).toBe('live');
      await bed.clock.advance(10 * minuteMs);
    }
    expect(await stateOf(token)).toBe('session-expired');
  });

  it('is seen in the books at most once a minute', async () => {
    const token = await tokenOf();
    const seen = async () => (await sessions.list())[0]?.lastSeenAt;
    const openedAt = await seen();
    await bed.clock.advance(minuteMs - 1);
    await sessions.authenticate(token);
    expect(await seen()).toBe(openedAt);
    await bed.clock.advance(1);
    await sessions.authenticate(token);
    expect(await seen()).toBe((openedAt ?? 0) + minuteMs);
  });

  it('remembers when its key was shown again', async () => {
    const token = await tokenOf();
    await bed.clock.advance(minuteMs);
    const verify = (key: string, held = token) =>
      sessions.verify({ token: held, key: new Secret(key), source: home });
    expect(await verify('wrong')).toEqual({ ok: false, error: { kind: 'wrong-key' } });
    expect(valueOf(await sessions.authenticate(token)).session.verifiedAt).toBeUndefined();
    expect(valueOf(await verify('right')).verifiedAt).toBe(bed.clock.now());
    const { session } = valueOf(await sessions.authenticate(token));
    expect(session.verifiedAt).toBe(bed.clock.now());
    const stranger = await verify('right', 'x');
    expect(stranger).toEqual({ ok: false, error: { kind: 'unknown-session' } });
  });

  it('is ended by logging out, and only that one', async () => {
    const [one, two] = [await tokenOf(), await tokenOf()];
    await sessions.logout(one);
    await sessions.logout('no such token');
    expect([await stateOf(one), await stateOf(two)]).toEqual(['session-revoked', 'live']);
  });

  it('is listed newest first and revoked by its id', async () => {
    const [one, two] = [await tokenOf(), await tokenOf()];
    const [newest, oldest] = await sessions.list();
    expect(newest?.id).toBe(valueOf(await sessions.authenticate(two)).session.id);
    if (oldest === undefined) throw new Error('two sessions are listed');
    const order = { id: oldest.id, by: { kind: 'cli' } } as const;
    expect(await sessions.revoke(order)).toEqual({ ok: true, value: undefined });
    const again = await sessions.revoke(order);
    expect(again).toEqual({ ok: false, error: { kind: 'unknown-session' } });
    expect([await stateOf(one), await stateOf(two)]).toEqual(['session-revoked', 'live']);
    expect(await sessions.list()).toHaveLength(1);
  });

  it('can be the only one left', async () => {
    const [one, two, three] = [await tokenOf(), await tokenOf(), await tokenOf()];
    const { actor } = valueOf(await sessions.authenticate(two));
    expect(await sessions.revokeAll({ by: actor, except: actor.sessionId })).toBe(2);
    const states = [await stateOf(one), await stateOf(two), await stateOf(three)];
    expect(states).toEqual(['session-revoked', 'live', 'session-revoked']);
    expect(await sessions.revokeAll({ by: actor })).toBe(1);
    expect(await stateOf(two)).toBe('session-revoked');
  });

  it('leaves a record of everything but its use', async () => {
    await outcome('wrong');
    const token = await tokenOf();
    await sessions.authenticate(token);
    await sessions.verify({ token, key: new Secret('right'), source: home });
    await sessions.logout(token);
    await tokenOf();
    await sessions.revokeAll({ by: { kind: 'cli' } });
    const records = await audited();
    expect(records.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
      'engine login.refused',
      'master session.opened',
      'master session.verified',
      'master session.closed',
      'master session.opened',
      'cli session.revoked',
    ]);
    expect(records[0]).toMatchObject({ subject: `source:${home}`, detail: { failures: 1 } });
    expect(JSON.stringify(records)).not.toContain(token);
  });

  it('is forgotten a month after its end', async () => {
    await tokenOf();
    const left = async () =>
      (await sql`select from session`.execute(bed.database.executor)).rows.length;
    await bed.clock.advance(30 * dayMs);
    await sessions.sweep();
    expect(await left()).toBe(1);
    await bed.clock.advance(dayMs);
    await sessions.sweep();
    expect(await left()).toBe(0);
  });
});

describe('guessing', () => {
  const guess = async (times: number, source = home): Promise<void> => {
    for (let n = 0; n < times; n += 1)
      expect(await outcome(`guess ${n}`, source)).toBe('wrong-key');
  };

  it('has to wait from the fifth wrong key on, twice as long each time', async () => {
    await guess(5);
    for (const waitMs of [1_000, 2_000, 4_000, 8_000]) {
      const refused = { ok: false, error: { kind: 'slowed-down', retryAfterMs: waitMs } };
      expect(await attempt('right')).toEqual(refused);
      await bed.clock.advance(waitMs - 1);
      expect(await outcome('right')).toBe('slowed-down');
      await bed.clock.advance(1);
      await guess(1);
    }
  });

  it('never waits longer than a quarter of an hour', async () => {
    await guess(5);
    for (let n = 0; n < 15; n += 1) {
      await bed.clock.advance(15 * minuteMs);
      await guess(1);
    }
    await bed.clock.advance(15 * minuteMs);
    expect(await outcome('right')).toBe('in');
  });

  it('starts anew after the right key', async () => {
    await guess(4);
    expect(await outcome('right')).toBe('in');
    await guess(4);
    expect(await outcome('right')).toBe('in');
  });

  it('gains nothing by sending all guesses at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, n) => outcome(n === 39 ? 'right' : `guess ${n}`)),
    );
    expect(outcomes.filter((kind) => kind !== 'slowed-down').length).toBeLessThanOrEqual(5);
    expect(outcomes[39]).toBe('slowed-down');
  });

  it('gains nothing by changing the address within a network', async () => {
    for (let n = 1; n <= 5; n += 1) await guess(1, `2001:db8:1:2::${n}`);
    expect(await outcome('right', '2001:db8:1:2:ffff::1')).toBe('slowed-down');
    expect(await outcome('right', '2001:db8:1:3::1')).toBe('in');
  });

  it('from everywhere slows strangers down but not the owner', async () => {
    expect(await outcome('right', home)).toBe('in');
    for (let n = 1; n <= 20; n += 1) await guess(1, `10.0.0.${n}`);
    expect(await outcome('guess', '10.0.1.1')).toBe('slowed-down');
    expect(await outcome('right', home)).toBe('in');
  });

  it('is forgotten after a quiet hour', async () => {
    await guess(5);
    await bed.clock.advance(61 * minuteMs);
    await sessions.sweep();
    const { rows } = await sql`select from login_failure`.execute(bed.database.executor);
    expect(rows).toEqual([]);
    await guess(4);
    expect(await outcome('right')).toBe('in');
  });
});
