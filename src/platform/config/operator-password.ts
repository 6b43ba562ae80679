import {
  businessDateOf,
  dayMs,
  startOfBusinessDay,
  type BusinessDate,
  type EpochMs,
} from '#kernel';

/** An API operator's password lives 90 days (sheet §4.0, documented). */
export const passwordDaysMax = 90;

/** How many days before its end the owner is told, each once; the last is the day itself. */
export const passwordWarningDays = [14, 7, 1, 0] as const;
export type PasswordWarningDays = (typeof passwordWarningDays)[number];

export interface OperatorPassword {
  readonly ageDays: number;
  /** Below zero once it is over. */
  readonly daysLeft: number;
  /** The latest warning that is due; undefined while it has long to live. */
  readonly warning: PasswordWarningDays | undefined;
}

export function operatorPasswordOn(setOn: BusinessDate, now: EpochMs): OperatorPassword {
  const today = startOfBusinessDay(businessDateOf(now));
  const ageDays = Math.round((today - startOfBusinessDay(setOn)) / dayMs);
  const daysLeft = passwordDaysMax - ageDays;
  const warning = passwordWarningDays.findLast((days) => daysLeft <= days);
  return { ageDays, daysLeft, warning };
}

export const passwordFix =
  'Set a new one in the M-Pesa organisation portal, then MPESA_INITIATOR_PASSWORD and ' +
  'MPESA_INITIATOR_PASSWORD_SET_ON, and start the engine again.';
