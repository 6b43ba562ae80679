import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type ExceptionId,
  type FixId,
  type IdSource,
  type RailId,
} from '#kernel';
import { int8s, jsons, newestFirst, sql, texts, type Executor } from '#platform/db';
import type { JsonObject } from '#platform/outbox';

/** What a person should look at, and why. */
export const exceptionKinds = {
  'unknown-reference': 'Money came for an account number nobody uses.',
  'wrong-reference': 'Money came for an account number that is one slip away from a charge.',
  'unknown-payer': 'Money came that names neither what it is for nor who paid it.',
  overpaid: 'A charge was paid with more than it asked for.',
  underpaid: 'A charge was paid with less than it asked for.',
  'duplicate-payment': 'A charge that is already paid was paid again.',
  'late-success': 'A charge was paid after it had been declined or had expired.',
  'receipt-contradiction': 'The same receipt was reported with another amount than is booked.',
  'forged-callback': 'Somebody sent a callback that does not belong to any attempt of ours.',
  'unreadable-callback': 'A provider sent something that could not be read; it is kept as it came.',
  'unprocessed-callback': 'A callback could not be booked; it is kept as it came.',
  'unknown-outcome': 'A provider has not said what became of a payment request.',
  'unknown-transfer': 'A provider has not said what became of a transfer.',
  'unconfirmed-claim': 'A callback claimed money that its provider would not vouch for.',
  'unmatched-payout':
    'A statement shows money that left, and no transfer of ours is proved to be it.',
  'reversed-by-provider': 'The provider took a payment back that the books have.',
  'missing-on-statement': 'A payment in the books is not on the statement that should have it.',
  'fee-differs': 'The provider charged another fee than its tariff says.',
  'payout-mismatch': 'A provider says something else of a transfer than the books.',
  'rail-locked': 'A provider did not take our operator; what the operator signs is held back.',
  'operator-password': "An operator's password runs out, and payouts with it.",
  'low-float': 'A transfer is due and the wallet it is paid from lacks the money.',
} as const;
export type ExceptionKind = keyof typeof exceptionKinds;

/** Of these each is another one: who has kept the first may not know of the second. */
const contradictions: readonly ExceptionKind[] = ['payout-mismatch', 'receipt-contradiction'];

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
  readonly resolvedAt: EpochMs | undefined;
  /** The fix that resolved it; none where it resolved itself. */
  readonly fixId: FixId | undefined;
}

interface ExceptionRow {
  readonly id: bigint;
  readonly kind: ExceptionKind;
  readonly state: Exception['state'];
  readonly rail: RailId | null;
  readonly subject: string;
  readonly amountMinor: bigint | null;
  readonly detail: JsonObject;
  readonly openedAt: EpochMs;
  readonly resolvedAt: EpochMs | null;
  readonly fixId: bigint | null;
}

const columns = sql`
  id, kind, state, rail, subject, amount_minor as "amountMinor", detail, opened_at as "openedAt",
  resolved_at as "resolvedAt", fix_id as "fixId"`;

const exceptionOf = (row: ExceptionRow): Exception => ({
  ...row,
  id: idFromNumber('exception', row.id),
  rail: row.rail ?? undefined,
  amountMinor: row.amountMinor ?? undefined,
  resolvedAt: row.resolvedAt ?? undefined,
  fixId: row.fixId === null ? undefined : idFromNumber('fix', row.fixId),
});

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
    /**
     * One exception per kind and subject: the same trouble twice is one row. What ended by itself
     * and begins anew is open again, and so is a contradiction that says something else by now than
     * what a person has dealt with.
     */
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
        select distinct on (e.kind, e.subject) ${businessId}::int, e.id, e.kind, 'open', e.rail,
          e.subject, e.amount, e.detail, ${isoOf(at)}::timestamptz
        from unnest(
          ${int8s(exceptions.map(() => numberFromId(ids.next('exception'))))}::bigint[],
          ${texts(exceptions.map((e) => e.kind))}::text[],
          ${texts(exceptions.map((e) => e.rail ?? null))}::text[],
          ${texts(exceptions.map((e) => e.subject))}::text[],
          ${int8s(exceptions.map((e) => e.amountMinor ?? null))}::bigint[],
          ${jsons(exceptions.map((e) => JSON.stringify(e.detail)))}::jsonb[]
        ) as e (id, kind, rail, subject, amount, detail)
        order by e.kind, e.subject, e.id
        on conflict (business_id, kind, subject) do update set
          state = 'open', resolved_at = null, fix_id = null, opened_at = excluded.opened_at,
          amount_minor = excluded.amount_minor, detail = excluded.detail
        where exception.state = 'resolved' and (
          exception.fix_id is null or (
            exception.kind = any(${[...contradictions]}::text[])
            and (exception.amount_minor, exception.detail - 'road')
              is distinct from (excluded.amount_minor, excluded.detail - 'road')
          )
        )`.execute(executor);
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
      const { where, order } = newestFirst({
        keys: page.state === undefined ? [] : [{ column: sql`state`, value: sql`${page.state}` }],
        id: sql`id`,
        before: page.before === undefined ? undefined : numberFromId(page.before),
      });
      const { rows } = await sql<ExceptionRow>`
        select ${columns} from exception where business_id = ${businessId} and ${where}
        order by ${order} limit ${page.limit}`.execute(executor);
      return rows.map(exceptionOf);
    },

    find: async (executor: Executor, id: ExceptionId): Promise<Exception | undefined> => {
      const { rows } = await sql<ExceptionRow>`
        select ${columns} from exception
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
      return rows.map(exceptionOf)[0];
    },

    findAbout: async (
      executor: Executor,
      { kind, subject }: Pick<Exception, 'kind' | 'subject'>,
    ): Promise<Exception | undefined> => {
      const { rows } = await sql<ExceptionRow>`
        select ${columns} from exception
        where business_id = ${businessId} and kind = ${kind} and subject = ${subject}
        `.execute(executor);
      return rows.map(exceptionOf)[0];
    },

    /** The newest about each of the subjects, and an open one before any other. */
    about: async (
      executor: Executor,
      subjects: readonly string[],
    ): Promise<ReadonlyMap<string, ExceptionId>> => {
      if (subjects.length === 0) return new Map();
      const { rows } = await sql<{ subject: string; id: bigint }>`
        select distinct on (subject) subject, id from exception
        where business_id = ${businessId} and subject = any(${texts(subjects)}::text[])
        order by subject, state, id desc`.execute(executor);
      return new Map(rows.map(({ subject, id }) => [subject, idFromNumber('exception', id)]));
    },

    /** All about one payment, transfer or the like: one of a kind at most. */
    allAbout: async (executor: Executor, subject: string): Promise<readonly Exception[]> => {
      const { rows } = await sql<ExceptionRow>`
        select ${columns} from exception
        where business_id = ${businessId} and kind = any(${Object.keys(exceptionKinds)}::text[])
          and subject = ${subject} order by id`.execute(executor);
      return rows.map(exceptionOf);
    },

    /** The newest payment to somebody else's short code that we were told of by this receipt. */
    findOfOtherTill: async (
      executor: Executor,
      receipts: readonly string[],
    ): Promise<Exception | undefined> => {
      const { rows } = await sql<ExceptionRow>`
        select ${columns} from exception
        where business_id = ${businessId} and kind = 'forged-callback'
          and detail ->> 'receipt' is not null
          and detail ->> 'receipt' = any(${[...receipts]}::text[])
        order by detail ->> 'receipt' desc, id desc limit 1`.execute(executor);
      return rows.map(exceptionOf)[0];
    },

    /** One by id, and all about the subjects, locked in id order. */
    lock: async (
      executor: Executor,
      wanted: { readonly id: ExceptionId; readonly subjects: readonly string[] },
    ): Promise<readonly Exception[]> => {
      const { rows } = await sql<ExceptionRow>`
        select ${columns} from exception
        where business_id = ${businessId}
          and (id = ${numberFromId(wanted.id)} or subject = any(${[...wanted.subjects]}::text[]))
        order by id for update`.execute(executor);
      return rows.map(exceptionOf);
    },

    /** A person has dealt with them. */
    resolveBy: async (
      executor: Executor,
      fixed: { readonly fixId: FixId; readonly ids: readonly ExceptionId[] },
      at: EpochMs,
    ): Promise<void> => {
      await sql`
        update exception set state = 'resolved', resolved_at = ${isoOf(at)},
          fix_id = ${numberFromId(fixed.fixId)}
        where business_id = ${businessId}
          and id = any(${fixed.ids.map(numberFromId)}::bigint[])`.execute(executor);
    },

    /** What a fix had resolved is open again; answers which. */
    reopen: async (executor: Executor, fixId: FixId): Promise<readonly ExceptionId[]> => {
      const { rows } = await sql<{ id: bigint }>`
        update exception set state = 'open', resolved_at = null, fix_id = null
        where business_id = ${businessId} and fix_id = ${numberFromId(fixId)}
        returning id`.execute(executor);
      return rows.map((row) => idFromNumber('exception', row.id));
    },

    /** As the database keeps count of them. */
    countOpen: async (executor: Executor): Promise<number> => {
      const { rows } = await sql<{ count: bigint }>`
        select coalesce(sum(open), 0)::bigint as count from exception_count
        where business_id = ${businessId}`.execute(executor);
      return Number(rows[0]?.count ?? 0n);
    },
  };
}

export type ExceptionStore = ReturnType<typeof createExceptionStore>;
