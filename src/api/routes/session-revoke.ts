import { parseId } from '#kernel';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound } from '../problem.ts';

export const addSessionRevoke: AddRoute = (app, { access, hub, sessions }) =>
  void app.delete(
    '/api/qmoi/master/sessions/:id',
    {
      schema: {
        operationId: 'revokeSession',
        tags: ['master'],
        summary: "End a session, one's own or another",
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined().describe('The session has ended.') },
      },
    },
    async (request, reply) => {
      const id = parseId('session', request.params.id);
      const { actor: by } = access.principalOf(request);
      const revoked = id.ok && (await sessions.revoke({ id: id.value, by })).ok;
      if (!revoked) throw notFound('No live session has this id.');
      await hub.dropEnded();
      reply.code(204);
    },
  );
