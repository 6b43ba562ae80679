import {
  type AuditId,
  type BusinessId,
  type EpochMs,
  idFromNumber,
  isoOf,
  numberFromId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';

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
      const { actor, action, subject, from, until } = query.filters;
      const before = query.before === undefined ? null : numberFromId(query.before);
      const { rows } = await sql<Row>`
        select ${columns} from audit_record
        where business_id = ${businessId}
          and (${before}::bigint is null or id < ${before})
          and (${actor ?? null}::text is null or split_part(actor, ':', 1) = ${actor ?? null})
          and (${action ?? null}::text is null or action = ${action ?? null})
          and (${subject ?? null}::text is null or subject = ${subject ?? null})
          and (${timeOf(from)}::timestamptz is null or recorded_at >= ${timeOf(from)})
          and (${timeOf(until)}::timestamptz is null or recorded_at < ${timeOf(until)})
        order by id desc limit ${query.limit}`.execute(executor);
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

const timeOf = (at: EpochMs | undefined): string | null => (at === undefined ? null : isoOf(at));
