import { isoOf, type BusinessDate, type BusinessId, type EpochMs, type RailId } from '#kernel';
import { sql, type Executor } from '#platform/db';

/** One warning about the password that was set on that day. */
export interface Warning {
  readonly rail: RailId;
  readonly setOn: BusinessDate;
  readonly daysLeft: number;
}

export function createWarningStore(businessId: BusinessId) {
  return {
    /** Answers false when this warning was given before. */
    insert: async (executor: Executor, warning: Warning, at: EpochMs): Promise<boolean> => {
      const { rows } = await sql`
        insert into operator_warning (business_id, rail, set_on, days_left, warned_at)
        values (
          ${businessId}, ${warning.rail}, ${warning.setOn}, ${warning.daysLeft}, ${isoOf(at)}
        )
        on conflict do nothing returning rail`.execute(executor);
      return rows.length > 0;
    },

    /** Every other warning of the rail: about another password, or an earlier day. */
    others: async (executor: Executor, current: Warning): Promise<readonly Warning[]> => {
      const { rows } = await sql<Warning>`
        select rail, set_on as "setOn", days_left as "daysLeft" from operator_warning
        where business_id = ${businessId} and rail = ${current.rail}
          and (set_on <> ${current.setOn} or days_left <> ${current.daysLeft})`.execute(executor);
      return rows;
    },

    /** Warnings about passwords that are not used any more. */
    forgetOld: async (executor: Executor, rail: RailId, setOn: BusinessDate): Promise<void> => {
      await sql`
        delete from operator_warning
        where business_id = ${businessId} and rail = ${rail} and set_on <> ${setOn}`.execute(
        executor,
      );
    },
  };
}
