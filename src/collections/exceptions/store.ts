import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type ExceptionId,
  type IdSource,
  type RailId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { JsonObject } from '#platform/outbox';

/** What a person should look at, and why. */
export const exceptionKinds = {
  'unknown-reference': 'Money came for an account number nobody uses.',
  'amount-mismatch': 'A charge was paid with another amount than it asked for.',
  'duplicate-payment': 'A charge that is already paid was paid again.',
  'receipt-contradiction': 'The same receipt was reported with another amount than is booked.',
  'forged-callback': 'Somebody sent a callback that does not belong to any attempt of ours.',
  'unreadable-callback': 'A provider sent something that could not be read; it is kept as it came.',
  'unprocessed-callback': 'A callback could not be booked; it is kept as it came.',
  'unknown-outcome': 'A provider has not said what became of a payment request.',
  'unknown-transfer': 'A provider has not said what became of a transfer.',
  'unconfirmed-claim': 'A callback claimed money that its provider would not vouch for.',
  'unmatched-payout':
    'A statement shows money that left, and no transfer of ours is proved to be it.',
  'missing-on-statement': 'A payment in the books is not on the statement that should have it.',
  'fee-differs': 'The provider charged another fee than its tariff says.',
  'payout-mismatch': 'A provider says something else of a transfer than the books.',
} as const;
export type ExceptionKind = keyof typeof exceptionKinds;

export interface NewException {
  readonly kind: ExceptionKind;
  readonly rail: RailId | undefined;
  readonly subject: string;
  readonly amountMinor: bigint | undefined;
  readonly detail: JsonObject;
}

export interface Exception extends NewException {
  readonly id: ExceptionId;
  readonly state: 'open' | 'resolved';
  readonly openedAt: EpochMs;
}

export interface ExceptionPage {
  readonly before: ExceptionId | undefined;
  readonly limit: number;
  readonly state: Exception['state'] | undefined;
}

export function createExceptionStore(deps: {
  readonly businessId: BusinessId;
  readonly ids: IdSource;
}) {
  const { businessId, ids } = deps;
  return {
    /** One exception per kind and subject: the same trouble twice is one row. */
    open: async (
      executor: Executor,
      exceptions: readonly NewException[],
      at: EpochMs,
    ): Promise<void> => {
      if (exceptions.length === 0) return;
      await sql`
        insert into exception (
          business_id, id, kind, state, rail, subject, amount_minor, detail, opened_at
        )
        select ${businessId}, e.id, e.kind, 'open', e.rail, e.subject, e.amount, e.detail,
          ${isoOf(at)}
        from unnest(
          ${exceptions.map(() => numberFromId(ids.next('exception')))}::bigint[],
          ${exceptions.map((e) => e.kind)}::text[],
          ${exceptions.map((e) => e.rail ?? null)}::text[],
          ${exceptions.map((e) => e.subject)}::text[],
          ${exceptions.map((e) => e.amountMinor ?? null)}::bigint[],
          ${exceptions.map((e) => JSON.stringify(e.detail))}::jsonb[]
        ) as e (id, kind, rail, subject, amount, detail)
        on conflict (business_id, kind, subject) do nothing`.execute(executor);
    },

    /** Trouble that ended by itself: the outcome became known after all. */
    resolve: async (
      executor: Executor,
      trouble: { readonly kind: ExceptionKind; readonly subjects: readonly string[] },
      at: EpochMs,
    ): Promise<void> => {
      await sql`
        update exception set state = 'resolved', resolved_at = ${isoOf(at)}
        where business_id = ${businessId} and kind = ${trouble.kind}
          and subject = any(${[...trouble.subjects]}::text[]) and state = 'open'`.execute(executor);
    },

    page: async (executor: Executor, page: ExceptionPage): Promise<readonly Exception[]> => {
      const before = page.before === undefined ? null : numberFromId(page.before);
      const { rows } = await sql<{
        id: bigint;
        kind: ExceptionKind;
        state: Exception['state'];
        rail: RailId | null;
        subject: string;
        amountMinor: bigint | null;
        detail: JsonObject;
        openedAt: EpochMs;
      }>`
        select id, kind, state, rail, subject, amount_minor as "amountMinor", detail,
          opened_at as "openedAt"
        from exception
        where business_id = ${businessId}
          and (${before}::bigint is null or id < ${before})
          and (${page.state === undefined} or state = ${page.state ?? ''})
        order by id desc limit ${page.limit}`.execute(executor);
      return rows.map((row) => ({
        ...row,
        id: idFromNumber('exception', row.id),
        rail: row.rail ?? undefined,
        amountMinor: row.amountMinor ?? undefined,
      }));
    },

    countOpen: async (executor: Executor): Promise<number> => {
      const { rows } = await sql<{ count: bigint }>`
        select count(*) as count from (
          select from exception where business_id = ${businessId} and state = 'open' limit 1000
        ) as open`.execute(executor);
      return Number(rows[0]?.count ?? 0n);
    },
  };
}

export type ExceptionStore = ReturnType<typeof createExceptionStore>;
