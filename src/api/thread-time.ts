// oxlint-disable-next-line no-restricted-imports -- how much was rest, which no clock tells
import { eventLoopUtilization } from 'node:perf_hooks';

/** How a thread has spent its time since it began. */
export interface ThreadTime {
  readonly busyMs: number;
  readonly idleMs: number;
}

/** Of the thread that asks. */
export function threadTime(): ThreadTime {
  const { active, idle } = eventLoopUtilization();
  return { busyMs: active, idleMs: idle };
}
