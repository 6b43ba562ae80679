import type { FastifyInstance } from 'fastify';

import type { Clock } from '#kernel';
import type { HttpLine, HttpOutcome, HttpRequest } from '#rails';

import { breathe, type Turnstile } from './turnstile.ts';
import type { MortalLife } from './life.ts';

/** Requests that answer at once do so within this many turns; the others wait for time to pass. */
const turnsToAnswer = 40;

const never = new Promise<never>(() => undefined);

async function ask(app: FastifyInstance, request: HttpRequest): Promise<HttpOutcome> {
  const { pathname, search } = new URL(request.url);
  try {
    const { statusCode, body } = await app.inject({
      method: request.method,
      url: `${pathname}${search}`,
      headers: request.headers,
      ...(request.body === undefined ? {} : { payload: request.body }),
    });
    return { kind: 'answer', status: statusCode, body };
  } catch {
    return { kind: 'lost', cause: 'connection reset' };
  }
}

/** A process's line to one provider. A request that takes time is done with when it started. */
export const lineTo = ({
  app,
  clock,
  life,
  turnstile,
}: {
  readonly app: FastifyInstance;
  readonly clock: Clock;
  readonly life: MortalLife;
  readonly turnstile: Turnstile;
}): HttpLine => ({
  send: async (request) => {
    const { flight } = await turnstile.step(life, async () => {
      const started = ask(app, request);
      await Promise.race([started, breathe(turnsToAnswer)]);
      return { flight: started };
    });
    const inTime = new AbortController();
    const late = clock
      .sleep(request.timeoutMs, inTime.signal)
      .then((): HttpOutcome => ({ kind: 'lost', cause: 'timeout' }));
    const outcome = await Promise.race([flight, late]);
    inTime.abort();
    return life.isOver() ? never : outcome;
  },
});
