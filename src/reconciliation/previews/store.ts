import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type RailId,
  type StatementId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { Vault } from '#security';

import { chunksMax, chunksOf, sealing } from '../statements/chunks.ts';
import type { CheckedLine, StatementFile } from '../statements/statement.ts';

/** A file that was looked at and may be imported. */
export interface HeldFile {
  readonly id: StatementId;
  readonly digest: Buffer;
  readonly rail: RailId;
  readonly name: string;
  readonly password: string | undefined;
  readonly expiresAt: EpochMs;
}

/** Files that are looked at before they are imported. */
export function createPreviewStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
}) {
  const { businessId } = deps;
  const { sealChunk, unsealChunk, sealPassword, unsealPassword } = sealing(deps.vault);
  return {
    /** Keeps a file for a while; the same file held again is kept as long as the newer one. */
    hold: async (executor: Executor, held: HeldFile, file: Buffer): Promise<StatementId> => {
      const id = numberFromId(held.id);
      const { rows } = await sql<{ id: bigint; isNew: boolean }>`
        insert into statement_preview as p (
          business_id, id, digest, rail, name, password_sealed, expires_at
        ) values (
          ${businessId}, ${id}, ${held.digest}, ${held.rail}, ${held.name},
          ${sealPassword('statement_preview', id, held.password)}, ${isoOf(held.expiresAt)}
        )
        on conflict (business_id, digest) do update
          set expires_at = excluded.expires_at, rail = excluded.rail, name = excluded.name
        returning id, id = ${id} as "isNew"`.execute(executor);
      const kept = rows[0]?.id ?? id;
      if (rows[0]?.isNew === true) {
        for (const [position, chunk] of chunksOf(file).entries()) {
          const body = sealChunk(chunk, { table: 'statement_preview_chunk', id, position });
          await sql`
            insert into statement_preview_chunk (business_id, preview_id, position, body_sealed)
            values (${businessId}, ${id}, ${position}, ${body})`.execute(executor);
        }
      }
      return idFromNumber('statement', kept);
    },

    findHeld: async (
      executor: Executor,
      wanted: StatementId,
      now: EpochMs,
    ): Promise<HeldFile | undefined> => {
      const { rows } = await sql<{
        id: bigint;
        digest: Buffer;
        rail: RailId;
        name: string;
        passwordSealed: Buffer | null;
        expiresAt: EpochMs;
      }>`
        select id, digest, rail, name, password_sealed as "passwordSealed",
          expires_at as "expiresAt"
        from statement_preview
        where business_id = ${businessId} and id = ${numberFromId(wanted)}
          and expires_at > ${isoOf(now)}`.execute(executor);
      const [row] = rows;
      if (row === undefined) return undefined;
      const { passwordSealed, ...rest } = row;
      const password = unsealPassword('statement_preview', row.id, passwordSealed);
      return { ...rest, id: wanted, password };
    },

    readHeld: async (executor: Executor, wanted: StatementId): Promise<Buffer> => {
      const id = numberFromId(wanted);
      const { rows } = await sql<{ position: number; body: Buffer }>`
        select position, body_sealed as body from statement_preview_chunk
        where business_id = ${businessId} and preview_id = ${id}
        order by position limit ${chunksMax}`.execute(executor);
      return Buffer.concat(
        rows.map(({ position, body }) =>
          unsealChunk(body, { table: 'statement_preview_chunk', id, position }),
        ),
      );
    },

    dropHeld: async (executor: Executor, digest: Buffer): Promise<void> => {
      await sql`
        delete from statement_preview
        where business_id = ${businessId} and digest = ${digest}`.execute(executor);
    },

    dropExpired: async (executor: Executor, now: EpochMs): Promise<void> => {
      await sql`
        delete from statement_preview
        where business_id = ${businessId} and expires_at <= ${isoOf(now)}`.execute(executor);
    },

    /** When these books began. */
    booksBeganAt: async (executor: Executor): Promise<EpochMs> => {
      const { rows } = await sql<{ at: EpochMs }>`
        select created_at as at from business where business_id = ${businessId}`.execute(executor);
      return rows[0]?.at ?? 0;
    },

    /** How many of the lines another statement has told of already. */
    countKnown: async (
      executor: Executor,
      file: Pick<StatementFile, 'rail' | 'account'>,
      lines: readonly CheckedLine[],
    ): Promise<number> => {
      const { rows } = await sql<{ count: bigint }>`
        select count(*) as count
        from unnest(
          ${lines.map((l) => l.receipt)}::text[], ${lines.map((l) => l.kind)}::text[],
          ${lines.map((l) => l.amountMinor)}::bigint[], ${lines.map((l) => l.occurrence)}::int[]
        ) as w (receipt, kind, amount, occurrence)
        join statement_line l on l.business_id = ${businessId} and l.rail = ${file.rail}
          and l.account = ${file.account} and l.receipt = w.receipt and l.kind = w.kind
          and l.amount_minor = w.amount and l.occurrence = w.occurrence`.execute(executor);
      return Number(rows[0]?.count ?? 0n);
    },
  };
}

export type PreviewStore = ReturnType<typeof createPreviewStore>;
