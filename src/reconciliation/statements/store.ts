import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type IdSource,
  type RailId,
  type StatementId,
  type StatementLineId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { SheetKind } from '#platform/sheets';
import type { Vault } from '#security';

import { chunksMax, chunksOf, sealing } from './chunks.ts';
import {
  coversJoinMs,
  type CheckedLine,
  type CheckedStatement,
  type Cover,
  type StatementFile,
} from './statement.ts';

export interface KeptFile extends StatementFile {
  readonly digest: Buffer;
  readonly password: string | undefined;
}

export interface KeptLine {
  readonly id: StatementLineId;
  readonly line: CheckedLine;
}

/** What every reader of the table takes of a file. */
export interface FileFactsRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly account: string;
  readonly shortCode: string | null;
  readonly kind: SheetKind;
  readonly name: string;
  readonly byteCount: number;
  readonly lineCount: number;
  readonly coveredFrom: EpochMs | null;
  readonly coveredTo: EpochMs | null;
  readonly openingMinor: bigint | null;
  readonly closingMinor: bigint | null;
  readonly importedBy: string;
  readonly importedAt: EpochMs;
}

interface FileRow extends FileFactsRow {
  readonly digest: Buffer;
  readonly passwordSealed: Buffer | null;
}

export const fileFactsColumns = sql`
  f.id, f.rail, f.account, f.short_code as "shortCode", f.kind, f.name,
  f.byte_count as "byteCount", f.line_count as "lineCount", f.covered_from as "coveredFrom",
  f.covered_to as "coveredTo", f.opening_minor as "openingMinor",
  f.closing_minor as "closingMinor", f.imported_by as "importedBy",
  f.imported_at as "importedAt"`;

const fileColumns = sql`${fileFactsColumns}, f.digest, f.password_sealed as "passwordSealed"`;

export const fileFactsOf = (row: FileFactsRow): StatementFile => ({
  id: idFromNumber('statement', row.id),
  rail: row.rail,
  account: row.account,
  shortCode: row.shortCode ?? undefined,
  kind: row.kind,
  name: row.name,
  byteCount: row.byteCount,
  lineCount: row.lineCount,
  cover:
    row.coveredFrom === null || row.coveredTo === null
      ? undefined
      : { fromAt: row.coveredFrom, toAt: row.coveredTo },
  openingMinor: row.openingMinor ?? undefined,
  closingMinor: row.closingMinor ?? undefined,
  importedBy: row.importedBy,
  importedAt: row.importedAt,
});

/** Statement files and their lines. */
export function createStatementStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly ids: IdSource;
}) {
  const { businessId, vault, ids } = deps;
  const { sealChunk, unsealChunk, sealPassword, unsealPassword } = sealing(vault);
  const lineCell = (row: bigint) => ({ table: 'statement_line', column: 'body_sealed', row });

  const fileOf = (row: FileRow): KeptFile => ({
    ...fileFactsOf(row),
    digest: row.digest,
    password: unsealPassword('statement_file', row.id, row.passwordSealed),
  });

  const oneFile = async (
    executor: Executor,
    condition: ReturnType<typeof sql>,
  ): Promise<KeptFile | undefined> => {
    const { rows } = await sql<FileRow>`
      select ${fileColumns} from statement_file f
      where f.business_id = ${businessId} and ${condition}`.execute(executor);
    const [row] = rows;
    return row === undefined ? undefined : fileOf(row);
  };

  return {
    /**
     * Keeps a file for ever; answers false when it is kept already. Whoever keeps the same file at
     * the same moment brings its id as well as its digest, so both keys have to give way.
     */
    keep: async (
      executor: Executor,
      kept: Omit<KeptFile, 'lineCount' | 'byteCount' | keyof CheckedStatement> & {
        readonly statement: CheckedStatement;
      },
      file: Buffer,
    ): Promise<boolean> => {
      const id = numberFromId(kept.id);
      const { statement } = kept;
      const { cover } = statement;
      const { rows } = await sql`
        insert into statement_file (
          business_id, id, digest, rail, account, short_code, kind, name, byte_count, line_count,
          covered_from, covered_to, opening_minor, closing_minor, password_sealed, imported_by,
          imported_at
        ) values (
          ${businessId}, ${id}, ${kept.digest}, ${statement.rail}, ${statement.account},
          ${statement.shortCode ?? null}, ${kept.kind}, ${kept.name}, ${file.length},
          ${statement.lines.length}, ${cover === undefined ? null : isoOf(cover.fromAt)},
          ${cover === undefined ? null : isoOf(cover.toAt)}, ${statement.openingMinor ?? null},
          ${statement.closingMinor ?? null},
          ${sealPassword('statement_file', id, kept.password)}, ${kept.importedBy},
          ${isoOf(kept.importedAt)}
        )
        on conflict do nothing
        returning id`.execute(executor);
      if (rows.length === 0) return false;
      for (const [position, chunk] of chunksOf(file).entries()) {
        const body = sealChunk(chunk, { table: 'statement_chunk', id, position });
        await sql`
          insert into statement_chunk (business_id, statement_id, position, body_sealed)
          values (${businessId}, ${id}, ${position}, ${body})`.execute(executor);
      }
      await sql`
        insert into statement_booking (business_id, statement_id, state)
        values (${businessId}, ${id}, 'booking')`.execute(executor);
      return true;
    },

    findFile: (executor: Executor, id: StatementId): Promise<KeptFile | undefined> =>
      oneFile(executor, sql`f.id = ${numberFromId(id)}`),

    findByDigest: (executor: Executor, digest: Buffer): Promise<KeptFile | undefined> =>
      oneFile(executor, sql`f.digest = ${digest}`),

    readFile: async (executor: Executor, wanted: StatementId): Promise<Buffer> => {
      const id = numberFromId(wanted);
      const { rows } = await sql<{ position: number; body: Buffer }>`
        select position, body_sealed as body from statement_chunk
        where business_id = ${businessId} and statement_id = ${id}
        order by position limit ${chunksMax}`.execute(executor);
      return Buffer.concat(
        rows.map(({ position, body }) =>
          unsealChunk(body, { table: 'statement_chunk', id, position }),
        ),
      );
    },

    /** Stores the lines that no statement has told of yet, and answers them. */
    addLines: async (
      executor: Executor,
      file: Pick<StatementFile, 'id' | 'rail' | 'account'>,
      lines: readonly CheckedLine[],
    ): Promise<readonly KeptLine[]> => {
      const numbered = lines.map((line) => ({ id: ids.next('statementLine'), line }));
      const numbers = numbered.map(({ id }) => numberFromId(id));
      const bodies = numbered.map(({ id, line }) =>
        vault.seal(bodyOf(line), lineCell(numberFromId(id))),
      );
      const { rows } = await sql<{ id: bigint }>`
        insert into statement_line (
          business_id, id, statement_id, line, sequence, rail, account, receipt, kind,
          amount_minor, occurrence, occurred_at, business_date, balance_minor, linked_receipt,
          own_id, body_sealed
        )
        select ${businessId}, l.id, ${numberFromId(file.id)}, l.line, l.sequence, ${file.rail},
          ${file.account}, l.receipt, l.kind, l.amount, l.occurrence, l.occurred_at,
          l.business_date, l.balance, l.linked, l.own_id, l.body
        from unnest(
          ${numbers}::bigint[],
          ${lines.map((l) => l.line)}::int[],
          ${lines.map((l) => l.sequence)}::int[],
          ${lines.map((l) => l.receipt)}::text[],
          ${lines.map((l) => l.kind)}::text[],
          ${lines.map((l) => l.amountMinor)}::bigint[],
          ${lines.map((l) => l.occurrence)}::int[],
          ${lines.map((l) => isoOf(l.occurredAt))}::timestamptz[],
          ${lines.map((l) => l.businessDate)}::date[],
          ${lines.map((l) => l.balanceMinor ?? null)}::bigint[],
          ${lines.map(linkOf)}::text[],
          ${lines.map((l) => l.ownId ?? null)}::text[],
          ${bodies}::bytea[]
        ) as l (id, line, sequence, receipt, kind, amount, occurrence, occurred_at, business_date,
          balance, linked, own_id, body)
        order by l.receipt, l.kind, l.amount, l.occurrence
        on conflict (business_id, rail, account, receipt, kind, amount_minor, occurrence)
          do nothing
        returning id`.execute(executor);
      const stored = new Set(rows.map(({ id }) => idFromNumber('statementLine', id)));
      return numbered.filter(({ id }) => stored.has(id));
    },

    /** Covers of a wallet's statements that touch the time or go on with it; a thousand at most. */
    covers: async (
      executor: Executor,
      wallet: { readonly rail: RailId; readonly account: string },
      time: Cover,
    ): Promise<readonly Cover[]> => {
      const { rows } = await sql<Cover>`
        select f.covered_from as "fromAt", f.covered_to as "toAt"
        from statement_file f
        join statement_booking b on b.business_id = f.business_id and b.statement_id = f.id
        where f.business_id = ${businessId} and f.rail = ${wallet.rail}
          and f.account = ${wallet.account} and f.covered_to >= ${isoOf(time.fromAt - coversJoinMs)}
          and f.covered_from <= ${isoOf(time.toAt + coversJoinMs)} and b.lines_done >= f.line_count
        order by f.covered_to limit 1000`.execute(executor);
      return rows;
    },
  };
}

export type StatementStore = ReturnType<typeof createStatementStore>;

/** A fee that names nothing else was charged for what has its receipt. */
const linkOf = ({ kind, linkedReceipt, receipt }: CheckedLine): string | null =>
  linkedReceipt ?? (kind === 'fee' ? receipt : null);

const bodyOf = ({ accountReference, party, details, raw }: CheckedLine): string =>
  JSON.stringify({ accountReference, party: party ?? null, details, raw });
