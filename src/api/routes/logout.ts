import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { takeCookieBack } from '../session-cookie.ts';

export const addLogout: AddRoute = (app, { access, hub, sessions }) =>
  void app.post(
    '/api/qmoi/master/logout',
    {
      schema: {
        operationId: 'logout',
        tags: ['master'],
        summary: 'End the session that asks',
        response: { 204: z.undefined().describe('The session has ended.') },
      },
    },
    async (request, reply) => {
      await sessions.logout(access.principalOf(request).token);
      await hub.dropEnded();
      takeCookieBack(request, reply);
      reply.code(204);
    },
  );
