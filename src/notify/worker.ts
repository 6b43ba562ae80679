import type { Clock } from '#kernel';
import { isDatabaseAway } from '#platform/db';
import type { Log } from '#platform/log';
import type { Relay } from '#platform/outbox';

import { eventTopics } from './notes/happening.ts';
import type { Notify } from './service.ts';

const everyMs = 1_000;
/** What comes together is read together. */
const gatherMs = 250;
const failedPauseMs = 5_000;
/** What no event tells is looked at less often. */
const lookEveryMs = 15_000;
/** Reading takes a tenth of the time at most, whatever comes in. */
const restShare = 9;
const inARowMax = 50;

/**
 * Reads, looks and sends in a loop of its own, so that nothing it waits for holds up anything else.
 * Answers how to end.
 */
export function keepNotifying(deps: {
  readonly notify: Pick<Notify, 'read' | 'look' | 'deliver'>;
  readonly relay: Pick<Relay, 'subscribe'>;
  readonly clock: Clock;
  readonly log: Log;
}): () => Promise<void> {
  const { notify, clock, log } = deps;
  const stopping = new AbortController();
  let waker = new AbortController();
  let lookAt = clock.now();

  const untilDone = async (step: () => Promise<boolean>): Promise<void> => {
    for (let n = 0; n < inARowMax && !stopping.signal.aborted; n += 1) {
      if (!(await step())) return;
    }
  };

  /** Answers how long it read. */
  const readOn = async (): Promise<number> => {
    const startedAt = clock.now();
    await untilDone(notify.read);
    return clock.now() - startedAt;
  };

  const round = async (): Promise<number> => {
    const readMs = await readOn();
    if (clock.now() >= lookAt) {
      lookAt = clock.now() + lookEveryMs;
      await notify.look();
    }
    await untilDone(async () => (await notify.deliver()) > 0);
    return readMs * restShare;
  };

  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      waker = new AbortController();
      let restMs = 0;
      try {
        restMs = await round();
      } catch (error) {
        if (!isDatabaseAway(error)) log.error({ err: error }, 'notes could not be sent');
        restMs = failedPauseMs;
      }
      if (!stopping.signal.aborted) {
        await clock.sleep(Math.max(restMs, gatherMs), stopping.signal);
      }
      if (!stopping.signal.aborted) await clock.sleep(everyMs, waker.signal);
    }
  };

  const leave = deps.relay.subscribe((events) => {
    if (events.some(({ topic }) => eventTopics.includes(topic))) waker.abort();
  });
  const running = run();
  return () => {
    leave();
    stopping.abort();
    waker.abort();
    return running;
  };
}
