import { callbackChannels } from '#rails';
import { z } from 'zod';

import type { App, Parts } from '../app.ts';
import { notFound, ProblemRaised } from '../problem.ts';

const bodyBytesMax = 64 * 1024;
const retryAfterMs = 5_000;

/**
 * Where providers report to. Money is never refused over form: whatever comes is taken as bytes,
 * under any content type or none, and only answered once it is safe.
 */
export function addCallbackRoute(app: App, { intake, log }: Parts): void {
  takeAnything(app);
  app.post(
    '/hooks/:channel/:token',
    {
      config: { access: 'public' },
      bodyLimit: bodyBytesMax,
      schema: {
        operationId: 'takeCallback',
        tags: ['callbacks'],
        summary: 'What a payment provider has to say, byte for byte',
        params: z.object({ channel: z.string(), token: z.string() }),
      },
    },
    async (request, reply) => {
      const { token } = request.params;
      const channel = callbackChannels.find((name) => name === request.params.channel);
      if (channel === undefined) throw notFound('There is no such callback channel.');
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const source = request.ip;
      const receipt = await intake.receive({ channel, token, body, source });
      if (typeof receipt === 'string') {
        log.warn({ channel, source, bytes: body.length, why: receipt }, 'callback turned away');
        throw refusals[receipt]();
      }
      reply.code(receipt.statusCode).type('application/json; charset=utf-8');
      return receipt.body;
    },
  );
}

const refusals = {
  'too-many-strangers': () =>
    new ProblemRaised(
      'too-many-requests',
      'Too many callbacks came to addresses that are not ours.',
      { retryAfterMs: 60_000 },
    ),
  'cannot-keep': () =>
    new ProblemRaised(
      'callback-not-kept',
      'Neither the database nor the disk could take it. Send it again.',
      { retryAfterMs },
    ),
} as const;

function takeAnything(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>(
    '*',
    { parseAs: 'buffer', bodyLimit: bodyBytesMax },
    (_request, body, done) => done(null, body),
  );
  // A content type that is no content type would be refused before it is looked up.
  app.addHook('onRequest', (request, _reply, done) => {
    delete request.raw.headers['content-type'];
    done();
  });
}
