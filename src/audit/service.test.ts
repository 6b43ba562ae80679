import { createHash } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import {
  type BusinessId,
  createIdSource,
  createVirtualClock,
  firstBusinessId,
  idFromNumber,
  isoOf,
  type VirtualClock,
} from '#kernel';
import { createDatabase, type Database, migrate, sql } from '#platform/db';

import { createTestDatabases, type TestDatabase } from '../../test/support/postgres.ts';
import type { AuditEntry } from './record.ts';
import { type Audit, createAudit } from './service.ts';

const startAt = 1_795_400_000_000;
const sessionId = idFromNumber('session', 5n);
const approved: AuditEntry = {
  actor: { kind: 'master', sessionId },
  action: 'transfer.approved',
  subject: 'transfer:tr_1',
  detail: { rail: 'mpesa', amountMinor: 150_000n, checks: ['cap', 'reserve'], growth: 0.25 },
};

let own: TestDatabase;
let database: Database;
let clock: VirtualClock;
let audit: Audit;

beforeAll(async () => {
  const databases = await createTestDatabases();
  await databases.template('migrated', async (connectionString) => {
    const fresh = createDatabase({ connectionString });
    await migrate(fresh);
    await fresh.close();
  });
  own = await databases.createDatabase({ template: 'migrated' });
  database = createDatabase({ connectionString: own.connectionString, onLost: () => undefined });
  await sql`
    insert into business (business_id, name, mode, created_at)
    select id, 'Duka', 'sandbox', ${isoOf(startAt)} from generate_series(1, 2) id`.execute(
    database.executor,
  );
});

afterAll(async () => {
  await database.close();
  await own.drop();
});

beforeEach(async () => {
  await sql`alter table audit_record disable trigger user`.execute(database.executor);
  await sql`delete from audit_record`.execute(database.executor);
  await sql`alter table audit_record enable trigger user`.execute(database.executor);
  clock = createVirtualClock(startAt);
  audit = createAudit({
    businessId: firstBusinessId,
    ids: createIdSource({ clock, shard: 1 }),
    clock,
  });
});

const record = (change: Partial<AuditEntry> = {}) =>
  database.transaction((tx) => audit.record(tx, { ...approved, ...change }));

const listed = (query: Partial<Parameters<Audit['list']>[1]> = {}) =>
  audit.list(database.executor, { limit: 200, ...query });

describe('the audit log', () => {
  it('gives back what was recorded', async () => {
    const id = await record();
    expect(await listed()).toEqual([
      {
        ...approved,
        id,
        recordedAt: startAt,
        detail: { ...approved.detail, amountMinor: '150000' },
        leaf: expect.any(Buffer),
      },
    ]);
  });

  it('keeps the RFC 6962 leaf of a text that anybody can rebuild', async () => {
    const id = await record();
    const text =
      '{"action":"transfer.approved","actor":"master:se_0000000000005","business":1,' +
      '"detail":{"amountMinor":"150000","checks":["cap","reserve"],"growth":0.25,"rail":"mpesa"},' +
      `"id":"${id}","recordedAt":"${isoOf(startAt)}","subject":"transfer:tr_1"}`;
    const leaf = createHash('sha256')
      .update(Buffer.from([0]))
      .update(text)
      .digest();
    expect((await listed())[0]?.leaf).toEqual(leaf);
  });

  it('records with the change or not at all', async () => {
    const failed = database.transaction(async (tx) => {
      await audit.record(tx, approved);
      throw new Error('the change failed');
    });
    await expect(failed).rejects.toThrow('the change failed');
    expect(await listed()).toEqual([]);
  });

  it('records many at once, in order', async () => {
    const entries = Array.from({ length: 1_000 }, (_, n) => ({ ...approved, detail: { n } }));
    const ids = await database.transaction((tx) => audit.recordAll(tx, entries));
    const page = await listed({ limit: 3 });
    expect(page.map((r) => [r.id, r.detail['n']])).toEqual([
      [ids[999], 999],
      [ids[998], 998],
      [ids[997], 997],
    ]);
    expect(await audit.verify(database.executor)).toMatchObject({ checkedCount: 1_000 });
    expect(await database.transaction((tx) => audit.recordAll(tx, []))).toEqual([]);
    const tooMany = [...entries, approved];
    const refused = database.transaction((tx) => audit.recordAll(tx, tooMany));
    await expect(refused).rejects.toThrow('at most 1000');
  });

  it('is read page by page, newest first', async () => {
    const ids = [await record(), await record(), await record()];
    const first = await listed({ limit: 2 });
    expect(first.map((r) => r.id)).toEqual([ids[2], ids[1]]);
    const next = await listed({ limit: 2, before: ids[1] ?? (sessionId as never) });
    expect(next.map((r) => r.id)).toEqual([ids[0]]);
    for (const limit of [0, 201]) await expect(listed({ limit })).rejects.toThrow('1 to 200');
  });

  it.each([
    ['actor', { actor: 'engine' }, [1]],
    ['action', { action: 'target.changed' }, [2]],
    ['subject', { subject: 'transfer:tr_1' }, [1, 0]],
    ['first instant', { from: startAt + 1_000 }, [2, 1]],
    ['last instant', { until: startAt + 2_000 }, [1, 0]],
    ['several at once', { actor: 'master', from: startAt + 1_000 }, [2]],
    ['nothing', {}, [2, 1, 0]],
  ] as const)('is filtered by %s', async (_what, filters, expected) => {
    const ids = [await record()];
    await clock.advance(1_000);
    ids.push(await record({ actor: { kind: 'engine', part: 'auto-transfer' } }));
    await clock.advance(1_000);
    ids.push(await record({ action: 'target.changed', subject: 'target:mpesa' }));
    const found = await listed({ filters });
    expect(found.map((r) => ids.indexOf(r.id))).toEqual(expected);
  });

  it('keeps businesses apart', async () => {
    await record();
    const other = createAudit({
      businessId: 2 as BusinessId,
      ids: createIdSource({ clock, shard: 2 }),
      clock,
    });
    await database.transaction((tx) => other.record(tx, approved));
    expect(await listed()).toHaveLength(1);
    expect(await audit.verify(database.executor)).toMatchObject({ checkedCount: 1 });
  });

  it.each([
    ['a phone number in the detail', 'no phone number', { detail: { to: '0712345678' } }],
    ['a phone number as subject', 'not a phone number', { subject: 'phone:254712345678' }],
    ['no subject', '1 to 200', { subject: '' }],
    ['an action in prose', 'noun.verb', { action: 'Approved the transfer' }],
    [
      'an actor that does not read back',
      'reads back',
      { actor: { kind: 'engine', part: 'Auto Transfer' } },
    ],
    ['a novel', 'short', { detail: { text: 'x'.repeat(20_000) } }],
  ] as const)('refuses %s: %s', async (_what, why, change) => {
    await expect(record(change)).rejects.toThrow(why);
    expect(await listed()).toEqual([]);
  });

  it('cannot be changed', async () => {
    await record();
    const { executor } = database;
    const changes = [
      sql`update audit_record set action = 'x'`,
      sql`delete from audit_record`,
      sql`truncate audit_record`,
    ];
    for (const change of changes)
      await expect(change.execute(executor)).rejects.toThrow('never changed');
  });

  it.each([
    ['detail', sql`detail = jsonb_set(detail, '{amountMinor}', '"15000"')`],
    ['actor', sql`actor = 'cli'`],
    ['action', sql`action = 'transfer.refused'`],
    ['subject', sql`subject = 'transfer:tr_2'`],
    ['time', sql`recorded_at = recorded_at + interval '1 ms'`],
    ['hash', sql`leaf = sha256('x')`],
  ])('shows which record had its %s changed behind our back', async (_what, change) => {
    await record();
    const id = await record();
    await record();
    expect(await audit.verify(database.executor)).toEqual({
      checkedCount: 3,
      differingCount: 0,
      differing: [],
    });
    const row = sql`id = (select id from audit_record order by id offset 1 limit 1)`;
    await sql`alter table audit_record disable trigger user`.execute(database.executor);
    await sql`update audit_record set ${change} where ${row}`.execute(database.executor);
    await sql`alter table audit_record enable trigger user`.execute(database.executor);
    expect(await audit.verify(database.executor)).toEqual({
      checkedCount: 3,
      differingCount: 1,
      differing: [id],
    });
  });

  it('checks every page', async () => {
    const entries = Array.from({ length: 1_000 }, () => approved);
    await database.transaction((tx) => audit.recordAll(tx, entries));
    await record();
    expect((await audit.verify(database.executor)).checkedCount).toBe(1_001);
  });
});
