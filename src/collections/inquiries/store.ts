import {
  idFromNumber,
  isoOf,
  numberFromId,
  railIds,
  type BusinessId,
  type EpochMs,
  type PromptId,
  type RailId,
  type VerificationId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { Vault } from '#security';

import {
  claimToText,
  nextAskAt,
  parseClaim,
  type Verification,
  type VerificationReason,
  type VerificationState,
} from './verification.ts';

interface VerificationRow {
  readonly id: bigint;
  readonly rail: RailId;
  readonly receipt: string;
  readonly why: VerificationReason;
  readonly callbackId: bigint;
  readonly promptId: bigint | null;
  readonly claimSealed: Buffer;
  readonly state: VerificationState;
  readonly asks: number;
  readonly openedAt: EpochMs;
}

const columns = sql`
  id, rail, receipt, why, callback_id as "callbackId", prompt_id as "promptId",
  claim_sealed as "claimSealed", state, asks, opened_at as "openedAt"`;

const claimColumn = (id: bigint) => ({ table: 'verification', column: 'claim_sealed', row: id });

/** Anybody may claim a receipt as often as they like. */
const claimsMax = 100;

export function createVerificationStore(deps: {
  readonly businessId: BusinessId;
  readonly vault: Vault;
}) {
  const { businessId, vault } = deps;

  const verificationOf = (row: VerificationRow): Verification => ({
    id: idFromNumber('verification', row.id),
    rail: row.rail,
    receipt: row.receipt,
    why: row.why,
    callbackId: idFromNumber('callback', row.callbackId),
    promptId: row.promptId === null ? undefined : idFromNumber('prompt', row.promptId),
    claim: parseClaim(vault.unseal(row.claimSealed, claimColumn(row.id)).toString('utf8')),
    state: row.state,
    asks: row.asks,
    openedAt: row.openedAt,
  });

  return {
    open: async (executor: Executor, verification: Verification): Promise<void> => {
      const id = numberFromId(verification.id);
      const { promptId } = verification;
      const nextAt = nextAskAt(verification);
      await sql`
        insert into verification (
          business_id, id, rail, receipt, why, callback_id, prompt_id, claim_sealed, state, asks,
          opened_at, next_at
        ) values (
          ${businessId}, ${id}, ${verification.rail}, ${verification.receipt},
          ${verification.why}, ${numberFromId(verification.callbackId)},
          ${promptId === undefined ? null : numberFromId(promptId)},
          ${vault.seal(claimToText(verification.claim), claimColumn(id))}, 'open', 0,
          ${isoOf(verification.openedAt)}, ${nextAt === undefined ? null : isoOf(nextAt)}
        ) on conflict (business_id, rail, receipt, callback_id) do nothing`.execute(executor);
    },

    /** What became of the claims of a receipt. */
    statesOf: async (
      executor: Executor,
      receipts: readonly string[],
    ): Promise<readonly VerificationState[]> => {
      const { rows } = await sql<{ state: VerificationState }>`
        select state from verification
        where business_id = ${businessId} and rail = any(${[...railIds]}::text[])
          and receipt = any(${[...receipts]}::text[])
        limit ${claimsMax}`.execute(executor);
      return rows.map(({ state }) => state);
    },

    lock: async (executor: Executor, id: VerificationId): Promise<Verification | undefined> => {
      const { rows } = await sql<VerificationRow>`
        select ${columns} from verification
        where business_id = ${businessId} and id = ${numberFromId(id)} for update`.execute(
        executor,
      );
      const [row] = rows;
      return row === undefined ? undefined : verificationOf(row);
    },

    claimDue: async (
      executor: Executor,
      due: { readonly now: EpochMs; readonly until: EpochMs; readonly limit: number },
    ): Promise<readonly Verification[]> => {
      // Materialised: as a subquery it may be run once a row, and then takes more than its limit.
      const { rows } = await sql<VerificationRow>`
        with due as materialized (
          select id from verification
          where business_id = ${businessId} and state = 'open' and next_at <= ${isoOf(due.now)}
          order by next_at limit ${due.limit} for update skip locked
        )
        update verification set next_at = ${isoOf(due.until)}
        where business_id = ${businessId} and id in (select id from due)
        returning ${columns}`.execute(executor);
      return rows.map(verificationOf);
    },

    reschedule: async (
      executor: Executor,
      plan: {
        readonly id: VerificationId;
        readonly asks: number;
        readonly nextAt: EpochMs | undefined;
      },
    ): Promise<void> => {
      await sql`
        update verification set asks = ${plan.asks},
          next_at = ${plan.nextAt === undefined ? null : isoOf(plan.nextAt)}
        where business_id = ${businessId} and id = ${numberFromId(plan.id)}
          and state = 'open'`.execute(executor);
    },

    close: async (
      executor: Executor,
      end: { readonly id: VerificationId; readonly state: Exclude<VerificationState, 'open'> },
    ): Promise<void> => {
      await sql`
        update verification set state = ${end.state}, next_at = null
        where business_id = ${businessId} and id = ${numberFromId(end.id)}
          and (state = 'open' or ${end.state} = 'confirmed')`.execute(executor);
    },

    /** The answer about this prompt is in: its claims can be judged now. */
    wake: async (executor: Executor, promptId: PromptId, now: EpochMs): Promise<void> => {
      await sql`
        update verification set next_at = ${isoOf(now)}
        where business_id = ${businessId} and prompt_id = ${numberFromId(promptId)}
          and state = 'open'`.execute(executor);
    },
  };
}

export type VerificationStore = ReturnType<typeof createVerificationStore>;
