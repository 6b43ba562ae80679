import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessDate,
  type BusinessId,
  type CallbackId,
  type EpochMs,
  type IdSource,
  type PaymentId,
  type PromptId,
  type TransferId,
} from '#kernel';
import {
  booleans,
  byteas,
  dates,
  insertedOf,
  int8s,
  moments,
  sql,
  texts,
  type Executor,
  unlessAllOf,
  unlessKnown,
  type InsertedRow,
} from '#platform/db';
import type { Vault } from '#security';

import { packBodies, unpackBodies } from './pack.ts';
import {
  verifyEvidence,
  type EvidenceVerdict,
  type OpenPack,
  type SealedPack,
} from './proof/store.ts';

/** A callback as it came, before anything is concluded from it. */
export interface RawCallbackRecord {
  readonly id: CallbackId;
  readonly channel: string;
  readonly receivedAt: EpochMs;
  /** SHA-256 over channel, address and body: a redelivery is known by it. */
  readonly digest: Buffer;
  /** A day that follows from these as well: it keeps digests of a time close together. */
  readonly contentDay: BusinessDate;
  readonly body: Buffer;
  readonly source: string;
  readonly authentic: boolean;
  /** What it was read as. */
  readonly verdict: string;
}

/** A prompt keeps what was said of it, also where only an enquiry proves the payment. */
export type EvidenceSubject = PaymentId | PromptId | TransferId;

/** What a provider said of a payment, prompt or transfer. */
export type EvidenceNote = { readonly subject: EvidenceSubject } & (
  | { readonly kind: 'callback'; readonly callbackId: CallbackId }
  | { readonly kind: 'enquiry' | 'list' | 'answer' | 'statement'; readonly raw: string }
);

export interface EvidenceView {
  readonly kind: string;
  readonly callbackId: CallbackId | undefined;
  readonly channel: string | undefined;
  readonly receivedAt: EpochMs | undefined;
  readonly digest: string | undefined;
  readonly recordedAt: EpochMs;
}

const packColumn = (id: bigint) => ({ table: 'callback_pack', column: 'bodies_sealed', row: id });
/** Of callbacks from before there were packs. */
const callbackColumn = (id: bigint) => ({ table: 'callback', column: 'body_sealed', row: id });
const evidenceColumn = (id: bigint) => ({ table: 'evidence', column: 'body_sealed', row: id });
const viewMax = 100;

/** Raw callbacks, and links from money to what its provider said; nothing is ever changed. */
export function createEvidence(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly ids: IdSource;
}) {
  const { businessId, vault, ids } = deps;

  /** A redelivery is packed as well: which ones are new is known too late. */
  const sealPack = (id: bigint, callbacks: readonly RawCallbackRecord[]): Buffer =>
    vault.seal(
      packBodies(callbacks.map((one) => ({ row: numberFromId(one.id), body: one.body }))),
      packColumn(id),
    );

  const openPack: OpenPack = ({ id, sealed }) => unpackBodies(vault.unseal(sealed, packColumn(id)));

  return {
    /** Stores what is new and answers its ids; a redelivery is left out. */
    keepCallbacks: async (
      executor: Executor,
      callbacks: readonly RawCallbackRecord[],
    ): Promise<ReadonlySet<CallbackId>> => {
      const numbers = callbacks.map((callback) => numberFromId(callback.id));
      const [pack] = numbers;
      if (pack === undefined) return new Set();
      const { rows } = await sql<InsertedRow>`
        with inserted as (
          insert into callback (
            business_id, id, channel, received_at, content_day, digest, pack_id, source, authentic,
            verdict
          )
          select ${businessId}, c.id, c.channel, c.received_at, c.content_day, c.digest,
            ${pack}::bigint, c.source, c.authentic, c.verdict
          from unnest(
            ${int8s(numbers)}::bigint[],
            ${texts(callbacks.map((c) => c.channel))}::text[],
            ${moments(callbacks.map((c) => c.receivedAt))}::timestamptz[],
            ${dates(callbacks.map((c) => c.contentDay))}::date[],
            ${byteas(callbacks.map((c) => c.digest))}::bytea[],
            ${texts(callbacks.map((c) => c.source))}::text[],
            ${booleans(callbacks.map((c) => c.authentic))}::boolean[],
            ${texts(callbacks.map((c) => c.verdict))}::text[]
          ) as c (id, channel, received_at, content_day, digest, source, authentic, verdict)
          -- Those of before days were kept have none.
          where not exists (
            select from callback old
            where old.business_id = ${businessId} and old.content_day = '-infinity'
              and old.digest = c.digest
          )
          ${unlessKnown(executor, sql`(business_id, content_day, digest)`)}
          returning id
        ), packed as (
          insert into callback_pack (business_id, id, bodies_sealed)
          select ${businessId}, ${pack}::bigint, ${sealPack(pack, callbacks)}::bytea
          where exists (select from inserted)
        ) ${unlessAllOf(numbers.length)}`.execute(executor);
      const inserted = insertedOf(numbers, rows);
      return new Set(callbacks.flatMap(({ id }) => (inserted.has(numberFromId(id)) ? [id] : [])));
    },

    /** Ties money to its proof. */
    link: async (
      executor: Executor,
      notes: readonly EvidenceNote[],
      at: EpochMs,
    ): Promise<void> => {
      if (notes.length === 0) return;
      const rows = notes.map((note) => {
        const id = numberFromId(ids.next('evidence'));
        const body = note.kind === 'callback' ? null : vault.seal(note.raw, evidenceColumn(id));
        const callback = note.kind === 'callback' ? numberFromId(note.callbackId) : null;
        return { id, note, body, callback };
      });
      await sql`
        insert into evidence (
          business_id, id, subject_id, kind, callback_id, body_sealed, recorded_at
        )
        select ${businessId}, e.id, e.subject_id, e.kind, e.callback_id, e.body, ${isoOf(at)}
        from unnest(
          ${int8s(rows.map((r) => r.id))}::bigint[],
          ${int8s(rows.map((r) => numberFromId(r.note.subject)))}::bigint[],
          ${texts(rows.map((r) => r.note.kind))}::text[],
          ${int8s(rows.map((r) => r.callback))}::bigint[],
          ${byteas(rows.map((r) => r.body))}::bytea[]
        ) as e (id, subject_id, kind, callback_id, body)`.execute(executor);
    },

    /** What callbacks said, byte for byte; those that are not there are left out. */
    bodiesOf: async (
      executor: Executor,
      wanted: readonly CallbackId[],
    ): Promise<ReadonlyMap<CallbackId, Buffer>> => {
      const { rows } = await sql<{ id: bigint; own: Buffer | null; pack: bigint | null }>`
        select id, body_sealed as own, pack_id as pack from callback
        where business_id = ${businessId}
          and id = any(${wanted.map(numberFromId)}::bigint[])`.execute(executor);
      const packs = new Set(rows.flatMap(({ pack }) => (pack === null ? [] : [pack])));
      const { rows: sealed } = await sql<SealedPack>`
        select id, bodies_sealed as sealed from callback_pack
        where business_id = ${businessId} and id = any(${[...packs]}::bigint[])`.execute(executor);
      const packed = new Map(sealed.flatMap(openPack).map(({ row, body }) => [row, body]));
      return new Map(
        rows.flatMap(({ id, own }) => {
          const body = own === null ? packed.get(id) : vault.unseal(own, callbackColumn(id));
          return body === undefined ? [] : [[idFromNumber('callback', id), body] as const];
        }),
      );
    },

    /** Whether what callbacks said is there, and the newest of it can be read. */
    verify: (executor: Executor): Promise<EvidenceVerdict> =>
      verifyEvidence(executor, { businessId, openPack }),

    /** Everything tied to one of the subjects, in order of time. */
    of: async (
      executor: Executor,
      subjects: readonly EvidenceSubject[],
    ): Promise<readonly EvidenceView[]> => {
      const { rows } = await sql<{
        kind: string;
        callbackId: bigint | null;
        channel: string | null;
        receivedAt: EpochMs | null;
        digest: Buffer | null;
        recordedAt: EpochMs;
      }>`
        select e.kind, e.callback_id as "callbackId", c.channel, c.received_at as "receivedAt",
          c.digest, e.recorded_at as "recordedAt"
        from evidence e
        left join callback c on c.business_id = e.business_id and c.id = e.callback_id
        where e.business_id = ${businessId}
          and e.subject_id = any(${subjects.map(numberFromId)}::bigint[])
        order by e.id limit ${viewMax}`.execute(executor);
      return rows.map((row) => ({
        kind: row.kind,
        callbackId: row.callbackId === null ? undefined : idFromNumber('callback', row.callbackId),
        channel: row.channel ?? undefined,
        receivedAt: row.receivedAt ?? undefined,
        digest: row.digest?.toString('hex'),
        recordedAt: row.recordedAt,
      }));
    },
  };
}

export type Evidence = ReturnType<typeof createEvidence>;
