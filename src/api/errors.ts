import { isDatabaseAway } from '#platform/db';
import type { Log } from '#platform/log';
import { problemContentType, type ProblemKind } from '#api/contract';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';

import { ProblemRaised } from './problem.ts';

const databaseRetryAfterMs = 2_000;

/** What the framework objects to, by its own codes (Fastify 5, Reference / Errors). */
const frameworkProblems: ReadonlyMap<string, readonly [ProblemKind, string]> = new Map([
  [
    'FST_ERR_CTP_BODY_TOO_LARGE',
    ['body-too-large', 'A body has at most 64 KiB, a statement 32 MiB.'],
  ],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    ['content-type-not-taken', 'Send JSON with Content-Type: application/json.'],
  ],
  ['FST_ERR_CTP_INVALID_JSON_BODY', ['malformed-body', 'The body is not JSON. Check its syntax.']],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    ['malformed-body', 'The body is not as long as Content-Length says.'],
  ],
  ['FST_ERR_BAD_URL', ['invalid-request', 'The address has a broken percent sign in it.']],
  ['FST_ERR_ASYNC_CONSTRAINT', ['invalid-request', 'The address could not be read.']],
]);

/** Every error leaves the API through here. */
export function createErrorHandler(log: Log) {
  return (
    error: FastifyError | Error,
    request: FastifyRequest,
    reply: FastifyReply,
  ): FastifyReply => {
    const problem = problemOf(error);
    if (problem.kind === 'engine-fault') {
      log.error({ err: error, request: request.id, route: routeOf(request) }, 'a request failed');
    }
    return sendProblem(request, reply, problem);
  };
}

// The address itself may hold a token.
export const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? 'unknown';

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: ProblemRaised,
): FastifyReply {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type(problemContentType)
    .send(JSON.stringify(problem.bodyFor(request.id)));
}

function problemOf(error: FastifyError | Error): ProblemRaised {
  if (error instanceof ProblemRaised) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const part = 'validationContext' in error ? error.validationContext : 'body';
    const errors = error.validation.map(({ instancePath, message }) => ({
      path: `${part}${instancePath.replace(/\/$/, '').replaceAll('/', '.')}`,
      message: message ?? 'Not as described.',
    }));
    const fields = errors.map(({ path }) => path).join(', ');
    return new ProblemRaised('invalid-request', `Mend ${fields} and ask again.`, { errors });
  }
  if (isDatabaseAway(error)) {
    return new ProblemRaised(
      'database-away',
      'Payments are still recorded and will be booked when it is back. Ask again shortly; ' +
        'if it lasts, look into logs/revenue_engine.log.',
      { retryAfterMs: databaseRetryAfterMs },
    );
  }
  const code = 'code' in error ? error.code : '';
  const known = frameworkProblems.get(code);
  if (known !== undefined) return new ProblemRaised(...known);
  if ('statusCode' in error && error.statusCode !== undefined && error.statusCode < 500) {
    return new ProblemRaised('malformed-body', 'The request could not be read.');
  }
  return new ProblemRaised(
    'engine-fault',
    'It is written down in logs/revenue_engine.log under the number of this request.',
  );
}
