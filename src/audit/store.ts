import {
  type AuditId,
  type BusinessId,
  dayMs,
  idFromNumber,
  idNumberAt,
  isoOf,
  numberFromId,
} from '#kernel';
import { newestFirst, sql, type Executor } from '#platform/db';

import type { AuditFilters, Leafless } from './record.ts';

export interface StoredRecord extends Leafless {
  readonly leaf: Buffer;
}

interface Row extends Omit<StoredRecord, 'id'> {
  readonly id: bigint;
}

const fromRow = (row: Row): StoredRecord => ({ ...row, id: idFromNumber('audit', row.id) });

const columns = sql`id, recorded_at as "recordedAt", actor, action, subject, detail, leaf`;

export function createAuditStore(businessId: BusinessId) {
  return {
    insert: async (executor: Executor, records: readonly StoredRecord[]): Promise<void> => {
      await sql`
        insert into audit_record (
          business_id, id, recorded_at, actor, action, subject, detail, leaf
        )
        select ${businessId}, r.id, r.recorded_at, r.actor, r.action, r.subject, r.detail::jsonb,
          r.leaf
        from unnest(
          ${records.map((r) => numberFromId(r.id))}::bigint[],
          ${records.map((r) => isoOf(r.recordedAt))}::timestamptz[],
          ${records.map((r) => r.actor)}::text[],
          ${records.map((r) => r.action)}::text[],
          ${records.map((r) => r.subject)}::text[],
          ${records.map((r) => JSON.stringify(r.detail))}::text[],
          ${records.map((r) => r.leaf)}::bytea[]
        ) as r (id, recorded_at, actor, action, subject, detail, leaf)`.execute(executor);
    },

    /** Newest first. */
    list: async (
      executor: Executor,
      query: { before: AuditId | undefined; limit: number; filters: AuditFilters },
    ): Promise<readonly StoredRecord[]> => {
      const { before, filters } = query;
      const [main, ...others] = askedOf(filters);
      const { where, order } = newestFirst({
        keys: main === undefined ? [] : [main],
        id: sql`id`,
        before: before === undefined ? undefined : numberFromId(before),
      });
      const { rows } = await sql<Row>`
        select ${columns} from audit_record
        where ${sql.join(
          [
            sql`business_id = ${businessId}`,
            where,
            ...others.map(({ column, value }) => sql`${column} = ${value}`),
            ...timesOf(filters),
          ],
          sql` and `,
        )}
        order by ${order} limit ${query.limit}`.execute(executor);
      return rows.map(fromRow);
    },

    /** Oldest first, from just after `after`. */
    page: async (
      executor: Executor,
      { after, limit }: { after: AuditId | undefined; limit: number },
    ): Promise<readonly StoredRecord[]> => {
      const { rows } = await sql<Row>`
        select ${columns} from audit_record
        where business_id = ${businessId}
          and id > ${after === undefined ? -1n : numberFromId(after)}
        order by id limit ${limit}`.execute(executor);
      return rows.map(fromRow);
    },
  };
}

export type AuditStore = ReturnType<typeof createAuditStore>;

/** How far a clock may have been put back while its process went on with the ids of before. */
const clockSlackMs = dayMs;

/** What is likely to be rarest comes first: along its index the rest is looked for. */
const askedOf = ({ subject, action, actor }: AuditFilters) => [
  ...(subject === undefined ? [] : [{ column: sql`subject`, value: sql`${subject}` }]),
  ...(action === undefined ? [] : [{ column: sql`action`, value: sql`${action}` }]),
  ...(actor === undefined
    ? []
    : [{ column: sql`split_part(actor, ':', 1)`, value: sql`${actor}` }]),
];

/** Ids carry the time: by them a stretch of time is found, by the time itself it is cut exactly. */
const timesOf = ({ from, until }: AuditFilters) => [
  ...(from === undefined
    ? []
    : [sql`recorded_at >= ${isoOf(from)}`, sql`id >= ${idNumberAt(from - clockSlackMs)}`]),
  ...(until === undefined
    ? []
    : [sql`recorded_at < ${isoOf(until)}`, sql`id < ${idNumberAt(until + clockSlackMs)}`]),
];
