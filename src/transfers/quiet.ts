import { businessDateOf, dayMs, startOfBusinessDay, type EpochMs } from '#kernel';

/** A stretch of the Nairobi day, in minutes since midnight; it may reach over midnight. */
export interface QuietHours {
  readonly fromMinute: number;
  readonly toMinute: number;
}

const minuteMs = 60_000;

/** When the quiet that lies over `at` ends; undefined when none does. */
export function quietUntil(hours: QuietHours | undefined, at: EpochMs): EpochMs | undefined {
  if (hours === undefined) return undefined;
  const { fromMinute, toMinute } = hours;
  const midnightAt = startOfBusinessDay(businessDateOf(at));
  const minute = (at - midnightAt) / minuteMs;
  const endsAt = midnightAt + toMinute * minuteMs;
  if (fromMinute < toMinute) return minute >= fromMinute && minute < toMinute ? endsAt : undefined;
  if (minute < toMinute) return endsAt;
  return minute >= fromMinute ? endsAt + dayMs : undefined;
}
