import { z } from 'zod';

import type { AddRoute } from '../app.ts';

export const addSessionRevokeOthers: AddRoute = (app, { access, hub, sessions }) =>
  void app.delete(
    '/api/qmoi/master/sessions',
    {
      schema: {
        operationId: 'revokeOtherSessions',
        tags: ['master'],
        summary: 'End every session but the one that asks',
        response: { 200: z.object({ ended: z.int().describe('How many have ended.') }) },
      },
    },
    async (request) => {
      const { actor: by, session } = access.principalOf(request);
      const ended = await sessions.revokeAll({
        by,
        ...(session === undefined ? {} : { except: session.id }),
      });
      await hub.dropEnded();
      return { ended };
    },
  );
