import {
  idFromNumber,
  invariant,
  isoOf,
  numberFromId,
  parseMsisdn,
  type BusinessId,
  type ChargeId,
  type EpochMs,
  type Msisdn,
  type PaymentId,
  type RailId,
} from '#kernel';
import { int8s, sql, texts, type Executor, type RawBuilder } from '#platform/db';
import type { BlindIndex, Vault } from '#security';
import type { StreamId } from '#streams';

import {
  statesBefore,
  type Charge,
  type ChargeState,
  type Consent,
  type Fallback,
} from './charge.ts';
import { pageIdsOf, type ChargePage } from './pages/store.ts';
import { waitingIdsOf, type WaitingQuestion } from './waiting/store.ts';

interface ChargeRow {
  readonly id: bigint;
  readonly state: ChargeState;
  readonly streamId: StreamId;
  readonly rail: RailId;
  readonly amountMinor: bigint;
  readonly reference: string;
  readonly description: string;
  readonly phoneSealed: Buffer | null;
  readonly consentBasis: Consent['basis'] | null;
  readonly consentedAt: EpochMs | null;
  readonly fallbackRail: RailId | null;
  readonly fallbackPhoneSealed: Buffer | null;
  readonly fellBackAt: EpochMs | null;
  readonly paymentId: bigint | null;
  readonly reason: string | null;
  readonly createdBy: string;
  readonly createdAt: EpochMs;
  readonly expiresAt: EpochMs;
}

const columns = sql`
  id, state, stream_id as "streamId", rail, amount_minor as "amountMinor", reference, description,
  phone_sealed as "phoneSealed", consent_basis as "consentBasis", consented_at as "consentedAt",
  fallback_rail as "fallbackRail", fallback_phone_sealed as "fallbackPhoneSealed",
  fell_back_at as "fellBackAt",
  payment_id as "paymentId", reason, created_by as "createdBy", created_at as "createdAt",
  expires_at as "expiresAt"`;

export interface NewCharge extends Charge {
  readonly promptAfter: EpochMs | undefined;
  readonly requestKey: string | undefined;
}

export interface ChargeChange {
  readonly id: ChargeId;
  readonly to: ChargeState;
  readonly paymentId?: PaymentId;
  readonly reason?: string;
}

const waitingMax = 2_000;

const phoneColumn = (id: bigint) => ({ table: 'charge', column: 'phone_sealed', row: id });
const fallbackColumn = (id: bigint) => ({
  table: 'charge',
  column: 'fallback_phone_sealed',
  row: id,
});

/** Charges by any of these. */
export interface ChargesWanted {
  readonly ids: readonly ChargeId[];
  readonly references: readonly string[];
  /** Further ids, by a statement that finds them. */
  readonly idsIn?: RawBuilder<unknown> | undefined;
}

const asksForNothing = ({ ids, references, idsIn }: ChargesWanted): boolean =>
  ids.length === 0 && references.length === 0 && idsIn === undefined;

const idArmsOf = ({ ids, references, idsIn }: ChargesWanted) => [
  ...(ids.length === 0 ? [] : [sql`id = any(${int8s(ids.map(numberFromId))}::bigint[])`]),
  ...(idsIn === undefined ? [] : [sql`id = any(array(${idsIn}))`]),
  sql`reference = any(${texts(references)}::text[])`,
];

export function createChargeStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
}) {
  const { businessId, vault } = deps;

  const openPhone = (
    sealed: Buffer | null,
    column: ReturnType<typeof phoneColumn>,
  ): Msisdn | undefined => {
    if (sealed === null) return undefined;
    const text = vault.unseal(sealed, column).toString('utf8');
    const msisdn = parseMsisdn(text);
    invariant(msisdn.ok, 'a sealed phone number is a phone number');
    return msisdn.value;
  };

  const fallbackOf = (row: ChargeRow): Fallback | undefined => {
    const msisdn = openPhone(row.fallbackPhoneSealed, fallbackColumn(row.id));
    if (row.fallbackRail === null || msisdn === undefined) return undefined;
    return { rail: row.fallbackRail, msisdn, usedAt: row.fellBackAt ?? undefined };
  };

  const chargeOf = (row: ChargeRow): Charge => ({
    id: idFromNumber('charge', row.id),
    businessId,
    state: row.state,
    streamId: row.streamId,
    rail: row.rail,
    amountMinor: row.amountMinor,
    reference: row.reference,
    description: row.description,
    msisdn: openPhone(row.phoneSealed, phoneColumn(row.id)),
    consent:
      row.consentBasis === null || row.consentedAt === null
        ? undefined
        : { basis: row.consentBasis, givenAt: row.consentedAt },
    fallback: fallbackOf(row),
    paymentId: row.paymentId === null ? undefined : idFromNumber('payment', row.paymentId),
    reason: row.reason ?? undefined,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
  });

  return {
    insert: async (executor: Executor, charge: NewCharge): Promise<void> => {
      const id = numberFromId(charge.id);
      const { msisdn, fallback } = charge;
      await sql`
        insert into charge (
          business_id, id, state, stream_id, rail, amount_minor, currency, reference, description,
          phone_index, phone_sealed, consented_at, consent_basis, prompt_after,
          created_by, request_key, created_at, expires_at, updated_at, fallback_rail,
          fallback_phone_index, fallback_phone_sealed
        ) values (
          ${businessId}, ${id}, ${charge.state}, ${charge.streamId}, ${charge.rail},
          ${charge.amountMinor}, 'KES', ${charge.reference}, ${charge.description},
          ${msisdn === undefined ? null : deps.blindIndex(msisdn)},
          ${msisdn === undefined ? null : vault.seal(msisdn, phoneColumn(id))},
          ${charge.consent === undefined ? null : isoOf(charge.consent.givenAt)},
          ${charge.consent?.basis ?? null},
          ${charge.promptAfter === undefined ? null : isoOf(charge.promptAfter)},
          ${charge.createdBy}, ${charge.requestKey ?? null}, ${isoOf(charge.createdAt)},
          ${isoOf(charge.expiresAt)}, ${isoOf(charge.createdAt)}, ${fallback?.rail ?? null},
          ${fallback === undefined ? null : deps.blindIndex(fallback.msisdn)},
          ${fallback === undefined ? null : vault.seal(fallback.msisdn, fallbackColumn(id))}
        )`.execute(executor);
    },

    /** Rail and phone change places with those of the fallback, once. */
    fallBack: async (executor: Executor, charge: Charge, at: EpochMs): Promise<Charge> => {
      const { fallback, msisdn } = charge;
      invariant(fallback !== undefined && msisdn !== undefined, 'there is a rail to fall back to');
      const id = numberFromId(charge.id);
      const { rows } = await sql<ChargeRow>`
        update charge set
          rail = fallback_rail, phone_index = fallback_phone_index,
          phone_sealed = ${vault.seal(fallback.msisdn, phoneColumn(id))},
          fallback_rail = rail, fallback_phone_index = phone_index,
          fallback_phone_sealed = ${vault.seal(msisdn, fallbackColumn(id))},
          fell_back_at = ${isoOf(at)}, reason = null, updated_at = ${isoOf(at)}
        where business_id = ${businessId} and id = ${id} and state = 'open'
          and fallback_rail is not null and fell_back_at is null
        returning ${columns}`.execute(executor);
      const [row] = rows;
      invariant(row !== undefined, 'only an open charge falls back, and only once');
      return chargeOf(row);
    },

    find: async (executor: Executor, id: ChargeId): Promise<Charge | undefined> => {
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
      return rows.map(chargeOf)[0];
    },

    findMany: async (executor: Executor, ids: readonly ChargeId[]): Promise<readonly Charge[]> => {
      if (ids.length === 0) return [];
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId}
          and id = any(${ids.map(numberFromId)}::bigint[])`.execute(executor);
      return rows.map(chargeOf);
    },

    findByRequest: async (executor: Executor, key: string): Promise<Charge | undefined> => {
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId} and request_key = ${key}`.execute(executor);
      return rows.map(chargeOf)[0];
    },

    /** Charges by id or by reference, locked in id order until the transaction ends. */
    lock: async (executor: Executor, wanted: ChargesWanted): Promise<readonly Charge[]> => {
      if (asksForNothing(wanted)) return [];
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId}
          and (${sql.join(idArmsOf(wanted), sql` or `)})
        order by id for update`.execute(executor);
      return rows.map(chargeOf);
    },

    /** Charges that may be prompted for now, locked; those another process holds are left out. */
    lockPromptable: async (
      executor: Executor,
      due: { readonly now: EpochMs; readonly limit: number },
    ): Promise<readonly Charge[]> => {
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId} and prompt_after <= ${isoOf(due.now)} and state = 'open'
          and expires_at > ${isoOf(due.now)}
        order by prompt_after limit ${due.limit} for update skip locked`.execute(executor);
      return rows.map(chargeOf);
    },

    lockExpired: async (
      executor: Executor,
      due: { readonly now: EpochMs; readonly limit: number },
    ): Promise<readonly Charge[]> => {
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId} and state = 'open' and id = any(array(
          select id from charge_unpaid
          where business_id = ${businessId} and state = 'open' and expires_at <= ${isoOf(due.now)}
          order by expires_at limit ${due.limit}
        ))
        order by id for update skip locked`.execute(executor);
      return rows.map(chargeOf);
    },

    /** Moves charges on; a row whose state has no such transition stays, and is not answered. */
    change: async (
      executor: Executor,
      changes: readonly ChargeChange[],
      at: EpochMs,
    ): Promise<ReadonlySet<ChargeId>> => {
      if (changes.length === 0) return new Set();
      const ids = changes.map(({ id }) => numberFromId(id));
      invariant(new Set(ids).size === ids.length, 'a charge is moved on once at a time');
      invariant(
        changes.every(({ to, paymentId }) => (to === 'paid') === (paymentId !== undefined)),
        'a charge is paid by a payment, and by nothing else',
      );
      const payments = changes.map(({ paymentId }) =>
        paymentId === undefined ? null : numberFromId(paymentId),
      );
      const { rows } = await sql<{ id: bigint }>`
        update charge set
          state = c.state, payment_id = coalesce(c.payment_id, charge.payment_id),
          reason = c.reason, prompt_after = null, updated_at = ${isoOf(at)}
        from unnest(
          ${int8s(ids)}::bigint[], ${texts(changes.map((c) => c.to))}::text[],
          ${int8s(payments)}::bigint[], ${texts(changes.map((c) => c.reason ?? null))}::text[],
          ${texts(changes.map((c) => statesBefore(c.to).join(',')))}::text[]
        ) as c (id, state, payment_id, reason, from_states)
        where charge.business_id = ${businessId} and charge.id = c.id
          and charge.state = any(string_to_array(c.from_states, ','))
        returning charge.id`.execute(executor);
      return new Set(rows.map((row) => idFromNumber('charge', row.id)));
    },

    /** Paid charges whose payment was taken back; the caller has locked them. */
    reopen: async (
      executor: Executor,
      reopened: readonly { readonly id: ChargeId; readonly to: ChargeState }[],
      at: EpochMs,
    ): Promise<number> => {
      const { rows } = await sql<{ id: bigint }>`
        update charge set state = r.state, payment_id = null, reason = 'payment-taken-back',
          prompt_after = null, updated_at = ${isoOf(at)}
        from unnest(
          ${reopened.map(({ id }) => numberFromId(id))}::bigint[],
          ${reopened.map(({ to }) => to)}::text[]
        ) as r (id, state)
        where charge.business_id = ${businessId} and charge.id = r.id and charge.state = 'paid'
        returning charge.id`.execute(executor);
      return rows.length;
    },

    /**
     * Charges whose money is still awaited, newest first, and some that do not fit; without a lock,
     * for proposals. Of a phone or an amount that has too many, none; where there are too many in
     * all, those by reference: of what is cut nothing is the only one.
     */
    waiting: async (executor: Executor, asked: WaitingQuestion): Promise<readonly Charge[]> => {
      const look = async (found: readonly RawBuilder<unknown>[]): Promise<readonly ChargeRow[]> => {
        if (found.length === 0) return [];
        const { rows } = await sql<ChargeRow>`
          select ${columns} from charge
          where business_id = ${businessId} and id = any(array(${sql.join(found, sql` union `)}))
          order by id desc limit ${waitingMax + 1}`.execute(executor);
        return rows;
      };
      const { byReference, byPhone, byAmount } = waitingIdsOf(deps, asked);
      const all = await look([...byReference, ...byPhone, ...byAmount]);
      const rows = all.length > waitingMax ? await look(byReference) : all;
      return rows.length > waitingMax ? [] : rows.map(chargeOf);
    },

    /** When a prompt may be considered again; undefined means never. */
    schedulePrompt: async (
      executor: Executor,
      plan: { readonly id: ChargeId; readonly after: EpochMs | undefined; readonly reason: string },
    ): Promise<void> => {
      await sql`
        update charge set
          prompt_after = ${plan.after === undefined ? null : isoOf(plan.after)},
          reason = ${plan.reason}
        where business_id = ${businessId} and id = ${numberFromId(plan.id)}
          and state = 'open'`.execute(executor);
    },

    page: async (executor: Executor, page: ChargePage): Promise<readonly Charge[]> => {
      const { rows } = await sql<ChargeRow>`
        select ${columns} from charge
        where business_id = ${businessId} and id = any(array(${pageIdsOf(page, deps)}))
        order by id desc`.execute(executor);
      return rows.map(chargeOf);
    },
  };
}

export type ChargeStore = ReturnType<typeof createChargeStore>;
