import { parseId } from '#kernel';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound } from '../problem.ts';

export const addPushRemove: AddRoute = (app, { access, notify }) =>
  void app.delete(
    '/api/qmoi/push/:id',
    {
      schema: {
        operationId: 'removePush',
        tags: ['push'],
        summary: 'Tell a device nothing any more',
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined().describe('Nothing is sent to it any more.') },
      },
    },
    async (request, reply) => {
      const id = parseId('pushDevice', request.params.id);
      const by = access.principalOf(request).actor;
      if (!id.ok || !(await notify.remove(id.value, by))) {
        throw notFound('No device has this id.');
      }
      reply.code(204);
    },
  );
