import type { Clock } from '#kernel';
import { isDatabaseAway } from '#platform/db';
import type { Log } from '#platform/log';

import type { Weather } from './service.ts';

/** What a crash may lose of it. */
const flushEveryMs = 5_000;

/** Writes the counts every few seconds; answers how to end with a last time. */
export function keepWeather(deps: {
  readonly weather: Pick<Weather, 'flush'>;
  readonly clock: Clock;
  readonly log: Log;
}): () => Promise<void> {
  const { weather, clock, log } = deps;
  const stopping = new AbortController();
  const flush = async (): Promise<void> => {
    try {
      await weather.flush();
    } catch (error) {
      if (!isDatabaseAway(error)) log.error({ err: error }, 'the weather could not be written');
    }
  };
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(flushEveryMs, stopping.signal);
      if (!stopping.signal.aborted) await flush();
    }
    await flush();
  };
  const running = run();
  return () => {
    stopping.abort();
    return running;
  };
}
