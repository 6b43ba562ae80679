import { createHash, randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { businessDateOf, idFromNumber, numberFromId, type CallbackId } from '#kernel';
import { sql } from '#platform/db';

import { createTestFoundation, type TestFoundation } from '../../test/support/foundation.ts';
import { createEvidence, type Evidence, type RawCallbackRecord } from './store.ts';

let base: TestFoundation;
let evidence: Evidence;

beforeAll(async () => {
  base = await createTestFoundation();
  evidence = createEvidence(base);
});

afterAll(() => base.close());

const body = Buffer.from('{"MSISDN":"254712345678","Amount":5}');

const callback = (change: Partial<RawCallbackRecord> = {}): RawCallbackRecord => ({
  id: base.ids.next('callback'),
  channel: 'stk-result',
  receivedAt: base.clock.now() - 5,
  contentDay: businessDateOf(base.clock.now()),
  digest: randomBytes(32),
  body,
  source: '196.201.214.200',
  authentic: true,
  verdict: 'prompt-result',
  ...change,
});

const keep = (callbacks: readonly RawCallbackRecord[]) =>
  evidence.keepCallbacks(base.database.executor, callbacks);

async function rowOf(id: CallbackId) {
  const { rows } = await sql<{ row: string; pack: bigint; sealed: Buffer; packRow: string }>`
    select c::text as row, p.id as pack, p.bodies_sealed as sealed, p::text as "packRow"
    from callback c join callback_pack p on p.id = c.pack_id
    where c.id = ${numberFromId(id)}`.execute(base.database.executor);
  return rows[0];
}

const packsOf = async (): Promise<number> => {
  const { rows } = await sql`select from callback_pack`.execute(base.database.executor);
  return rows.length;
};

describe('callbacks', () => {
  it('are kept byte for byte, and unreadable in the table', async () => {
    const odd = Buffer.from([0, 255, 10, 39, 92]);
    const [one, other] = [callback(), callback({ body: odd, authentic: false })];
    expect(await keep([one, other])).toEqual(new Set([one.id, other.id]));
    const { executor } = base.database;
    expect(await evidence.bodiesOf(executor, [one.id, other.id])).toEqual(
      new Map([one, other].map(({ id, body: raw }) => [id, raw])),
    );
    const [kept, neighbour] = [await rowOf(one.id), await rowOf(other.id)];
    const place = { table: 'callback_pack', column: 'bodies_sealed', row: numberFromId(one.id) };
    expect([kept?.pack, neighbour?.pack]).toEqual([place.row, place.row]);
    for (const raw of [body, odd]) {
      expect(`${kept?.row} ${kept?.packRow}`).not.toContain(raw.toString('hex'));
    }
    const elsewhere = { ...place, row: place.row + 1n };
    expect(() => base.vault.unseal(kept?.sealed ?? Buffer.alloc(0), elsewhere)).toThrow(
      'bodies_sealed',
    );
  });

  it('of before there were packs are read too, those that are not there left out', async () => {
    const [old, nobody] = [callback(), callback()];
    const place = { table: 'callback', column: 'body_sealed', row: numberFromId(old.id) };
    await sql`
      insert into callback (
        business_id, id, channel, received_at, content_day, digest, body_sealed, source, authentic,
        verdict
      )
      select ${base.businessId}, ${place.row}, ${old.channel}, now(), current_date, ${old.digest},
        ${base.vault.seal(body, place)}, ${old.source}, true, ${old.verdict}`.execute(
      base.database.executor,
    );
    const found = await evidence.bodiesOf(base.database.executor, [old.id, nobody.id]);
    expect(found).toEqual(new Map([[old.id, body]]));
  });

  it('are never without what they said', async () => {
    const bare = (pack: bigint | null) => sql`
      insert into callback (
        business_id, id, channel, received_at, content_day, digest, pack_id, source, authentic,
        verdict
      )
      select ${base.businessId}, ${numberFromId(base.ids.next('callback'))}, 'stk-result', now(),
        current_date, ${randomBytes(32)}, ${pack}::bigint, '', true, 'event'`;
    const { executor } = base.database;
    await expect(bare(null).execute(executor)).rejects.toThrow('callback_has_one_body');
    await expect(bare(7n).execute(executor)).rejects.toThrow('a pack that is not there');
    const change = sql`update callback_pack set bodies_sealed = ''`.execute(executor);
    await expect(change).rejects.toThrow('never changed');
  });

  it('are found lost where their pack is gone or is another’s', async () => {
    const { executor } = base.database;
    const [one, other, third] = [callback(), callback(), callback()];
    await keep([one, other]);
    await keep([third]);
    const before = await evidence.verify(executor);
    expect(before.lost).toEqual([]);
    expect(before.readCount).toBeGreaterThan(2);
    await sql`alter table callback_pack disable trigger user`.execute(executor);
    await sql`
      update callback_pack set bodies_sealed = (
        select bodies_sealed from callback_pack where id = ${numberFromId(third.id)}
      ) where id = ${numberFromId(one.id)}`.execute(executor);
    await sql`delete from callback_pack where id = ${numberFromId(third.id)}`.execute(executor);
    expect(await evidence.verify(executor)).toEqual({
      readCount: before.readCount - 3,
      lost: [third.id, one.id, other.id],
    });
    await sql`alter table callback disable trigger user`.execute(executor);
    await sql`delete from callback where pack_id in (
      ${numberFromId(one.id)}, ${numberFromId(third.id)})`.execute(executor);
    await sql`alter table callback enable trigger user`.execute(executor);
    await sql`alter table callback_pack enable trigger user`.execute(executor);
  });

  it('that come again are one row, within a group and after it', async () => {
    const digest = createHash('sha256').update('same').digest();
    const [first, again, later] = [
      callback({ digest }),
      callback({ digest }),
      callback({ digest }),
    ];
    const other = callback();
    expect(await keep([first, again])).toEqual(new Set([first.id]));
    expect(await keep([later, other])).toEqual(new Set([other.id]));
    expect(await rowOf(later.id)).toBeUndefined();
    const packs = await packsOf();
    expect(await keep([callback({ digest })])).toEqual(new Set());
    expect(await packsOf()).toBe(packs);
  });

  it('that were kept before days were are known again', async () => {
    const [old, other] = [callback(), callback()];
    await sql`
      insert into callback (
        business_id, id, channel, received_at, content_day, digest, body_sealed, source, authentic,
        verdict
      )
      select ${base.businessId}, ${numberFromId(old.id)}, ${old.channel}, now(), '-infinity',
        ${old.digest}, '', ${old.source}, true, ${old.verdict}`.execute(base.database.executor);
    const again = callback({ digest: old.digest });
    expect(await keep([again, other])).toEqual(new Set([other.id]));
  });

  it('that come to two processes at once are one row', async () => {
    const digest = randomBytes(32);
    const kept = await Promise.all(
      [base.database, base.neighbour].map(({ executor }) =>
        evidence.keepCallbacks(executor, [callback({ digest })]),
      ),
    );
    expect(kept.flatMap((ids) => [...ids])).toHaveLength(1);
  });

  it('may be none, or hundreds', async () => {
    expect(await keep([])).toEqual(new Set());
    expect((await keep(Array.from({ length: 300 }, () => callback()))).size).toBe(300);
  });
});

describe('links', () => {
  const payment = idFromNumber('payment', 41n);

  it('tell what proves a payment, in order', async () => {
    const raw = callback();
    await keep([raw]);
    const { executor } = base.database;
    await evidence.link(
      executor,
      [
        { subject: payment, kind: 'callback', callbackId: raw.id },
        { subject: payment, kind: 'enquiry', raw: '{"ResultCode":"0"}' },
        { subject: idFromNumber('transfer', 42n), kind: 'answer', raw: 'of something else' },
      ],
      base.clock.now(),
    );
    await evidence.link(executor, [], base.clock.now());
    expect(await evidence.of(executor, [payment])).toEqual([
      {
        kind: 'callback',
        callbackId: raw.id,
        channel: 'stk-result',
        receivedAt: raw.receivedAt,
        digest: raw.digest.toString('hex'),
        recordedAt: base.clock.now(),
      },
      {
        kind: 'enquiry',
        callbackId: undefined,
        channel: undefined,
        receivedAt: undefined,
        digest: undefined,
        recordedAt: base.clock.now(),
      },
    ]);
    expect(await evidence.of(executor, [idFromNumber('payment', 1n)])).toEqual([]);
    const { rows } = await sql<{ row: string }>`
      select evidence::text as row from evidence where kind = 'enquiry'`.execute(executor);
    expect(rows[0]?.row).not.toContain(Buffer.from('ResultCode').toString('hex'));
  });

  it('lead to callbacks that are there', async () => {
    const note = { subject: payment, kind: 'callback', callbackId: base.ids.next('callback') };
    const broken = evidence.link(base.database.executor, [note as never], base.clock.now());
    await expect(broken).rejects.toThrow('a callback that is not there');
  });
});
