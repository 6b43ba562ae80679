import { isoOf, type BusinessId, type EpochMs } from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { JsonObject } from '#platform/outbox';

import { cycleKinds, slotLeaseMs, type CycleKind, type EngineState } from './switch.ts';

export interface CycleRun {
  readonly kind: CycleKind;
  readonly slotAt: EpochMs;
  readonly startedAt: EpochMs;
  readonly finishedAt: EpochMs | undefined;
  readonly outcome: JsonObject | undefined;
}

export function createEngineStore(businessId: BusinessId) {
  return {
    state: async (executor: Executor): Promise<EngineState | undefined> => {
      const { rows } = await sql<EngineState>`
        select running, reason, changed_by as "changedBy", changed_at as "changedAt"
        from engine_state where business_id = ${businessId}`.execute(executor);
      return rows[0];
    },

    /** False when it was in that position already, whoever put it there. */
    setState: async (executor: Executor, state: EngineState): Promise<boolean> => {
      const { rows } = await sql`
        insert into engine_state (business_id, running, reason, changed_by, changed_at)
        values (
          ${businessId}, ${state.running}, ${state.reason}, ${state.changedBy},
          ${isoOf(state.changedAt)}
        )
        on conflict (business_id) do update set
          running = excluded.running, reason = excluded.reason,
          changed_by = excluded.changed_by, changed_at = excluded.changed_at
        where engine_state.running <> excluded.running
        returning true as changed`.execute(executor);
      return rows.length > 0;
    },

    /** True for the one process that claims the slot: it does the work. */
    claimSlot: async (
      executor: Executor,
      slot: { readonly kind: CycleKind; readonly slotAt: EpochMs; readonly now: EpochMs },
    ): Promise<boolean> => {
      const { rows } = await sql<{ claimed: boolean }>`
        insert into cycle_run (business_id, kind, slot_at, started_at)
        values (${businessId}, ${slot.kind}, ${isoOf(slot.slotAt)}, ${isoOf(slot.now)})
        on conflict (business_id, kind, slot_at) do update set started_at = excluded.started_at
        where cycle_run.finished_at is null
          and cycle_run.started_at <= ${isoOf(slot.now - slotLeaseMs)}
        returning true as claimed`.execute(executor);
      return rows.length > 0;
    },

    finishSlot: async (
      executor: Executor,
      end: {
        readonly kind: CycleKind;
        readonly slotAt: EpochMs;
        readonly now: EpochMs;
        readonly outcome: JsonObject;
      },
    ): Promise<void> => {
      await sql`
        update cycle_run set finished_at = ${isoOf(end.now)},
          outcome = ${JSON.stringify(end.outcome)}::jsonb
        where business_id = ${businessId} and kind = ${end.kind}
          and slot_at = ${isoOf(end.slotAt)}`.execute(executor);
    },

    lastRuns: async (executor: Executor): Promise<readonly CycleRun[]> => {
      const { rows } = await sql<{
        kind: CycleKind;
        slotAt: EpochMs;
        startedAt: EpochMs;
        finishedAt: EpochMs | null;
        outcome: JsonObject | null;
      }>`
        select k.kind, last.*
        from unnest(${[...cycleKinds]}::text[]) as k (kind)
        cross join lateral (
          select slot_at as "slotAt", started_at as "startedAt", finished_at as "finishedAt",
            outcome
          from cycle_run where business_id = ${businessId} and kind = k.kind
          order by slot_at desc limit 1
        ) as last
        order by k.kind collate "C"`.execute(executor);
      return rows.map((row) => ({
        ...row,
        finishedAt: row.finishedAt ?? undefined,
        outcome: row.outcome ?? undefined,
      }));
    },
  };
}

export type EngineStore = ReturnType<typeof createEngineStore>;
