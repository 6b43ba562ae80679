import { createHash } from 'node:crypto';

import type { Log } from '#platform/log';
import type { CallbackTokens, Idempotency, IdempotencyClaim } from '#security';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';

import { ProblemRaised } from './problem.ts';

/** A request that makes or moves money. */
export interface OnceCall<Answer> {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** Keys of one route mean nothing to another. */
  readonly route: string;
  readonly status: number;
  readonly answer: z.ZodType<Answer>;
}

/** Does the work once per `Idempotency-Key`; without one, as often as it is asked. */
export type Once = <Answer>(
  call: OnceCall<Answer>,
  work: (requestKey: string | undefined) => Promise<Answer>,
) => Promise<Answer>;

const keyForm = /^[\x21-\x7e]{1,200}$/;
const inProgressRetryAfterMs = 1_000;

/**
 * Only success is kept and repeated. A refusal or failure has moved nothing that the same key would
 * move again: whoever asks anew gets the work done, by services that know the key themselves.
 */
export function createOnce(deps: {
  readonly idempotency: Omit<Idempotency, 'sweep'>;
  readonly callbackTokens: CallbackTokens;
  readonly log: Log;
}): Once {
  const { idempotency, log } = deps;

  // Keyed, for a plain hash of an order would give its phone number away to whoever tries them all.
  const digestOf = (request: FastifyRequest): string => {
    const text = JSON.stringify(request.body ?? null);
    const digest = createHash('sha256').update(text).digest('hex');
    return deps.callbackTokens.tokenFor({ channel: `order:${digest}`, subject: 0n }).slice(16);
  };

  const abandon = async (claim: IdempotencyClaim): Promise<void> => {
    try {
      await idempotency.abandon(claim);
    } catch (error) {
      log.debug({ err: error, route: claim.route }, 'a claim was left to be taken over');
    }
  };

  return async (call, work) => {
    const { request, reply, route, status } = call;
    reply.code(status);
    const key = keyOf(request);
    if (key === undefined) return work(undefined);
    const input = digestOf(request);
    const verdict = await idempotency.begin({ route, key, input });
    if (verdict.kind === 'replay') {
      reply.code(verdict.status).header('idempotency-replayed', 'true');
      return call.answer.parse(JSON.parse(verdict.body));
    }
    if (verdict.kind !== 'first') throw objections[verdict.kind]();
    const answer = await attempt(verdict.claim, () => work(`${route}|${key}|${input}`));
    await idempotency.finish(verdict.claim, { status, body: JSON.stringify(answer) });
    return answer;
  };

  async function attempt<Answer>(
    claim: IdempotencyClaim,
    work: () => Promise<Answer>,
  ): Promise<Answer> {
    try {
      return await work();
    } catch (error) {
      await abandon(claim);
      throw error;
    }
  }
}

const objections = {
  mismatch: () =>
    new ProblemRaised(
      'key-used-for-other-input',
      'Use a new Idempotency-Key for a new order, or repeat the first order unchanged.',
    ),
  'in-progress': () =>
    new ProblemRaised(
      'request-in-progress',
      'The first request with this Idempotency-Key has not been answered yet. Ask again shortly.',
      { retryAfterMs: inProgressRetryAfterMs },
    ),
};

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && keyForm.test(key)) return key;
  throw new ProblemRaised(
    'invalid-request',
    'Send one Idempotency-Key of 1 to 200 printable characters; a UUID is best.',
    {
      errors: [{ path: 'headers.idempotency-key', message: 'Not 1 to 200 printable characters.' }],
    },
  );
}
