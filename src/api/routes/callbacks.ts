import { callbackChannels } from '#rails';
import { z } from 'zod';

import type { App } from '../app.ts';
import type { CallbackDoor } from '../callback-door.ts';
import { notFound } from '../problem.ts';

/** Callbacks whose address is written in an unusual way, and all where nothing stands in front. */
export function addCallbackRoute(app: App, door: CallbackDoor): void {
  app.post(
    '/hooks/:channel/:token',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'takeCallback',
        tags: ['callbacks'],
        summary: 'What a payment provider has to say, byte for byte',
        params: z.object({ channel: z.string(), token: z.string() }),
      },
      // Before the body is read: the framework would refuse what it cannot make out.
      onRequest: (request, reply, done) => {
        const { token } = request.params;
        const channel = callbackChannels.find((name) => name === request.params.channel);
        if (channel === undefined || token === '') {
          done(notFound('There is no such callback channel.'));
          return;
        }
        reply.hijack();
        door.take({ channel, token }, request.raw, reply.raw);
      },
    },
    () => {
      throw notFound('There is no such callback channel.');
    },
  );
}
