import { isoOf } from '#kernel';
import { sessionListSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';

export const addSessionList: AddRoute = (app, { access, sessions }) =>
  void app.get(
    '/api/qmoi/master/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags: ['master'],
        summary: 'Live sessions, newest first',
        response: { 200: sessionListSchema },
      },
    },
    async (request) => {
      const own = access.principalOf(request).session?.id;
      const live = await sessions.list();
      return {
        items: live.map((session) => ({
          id: session.id,
          source: session.source,
          userAgent: session.userAgent ?? null,
          createdAt: isoOf(session.createdAt),
          lastSeenAt: isoOf(session.lastSeenAt),
          expiresAt: isoOf(session.expiresAt),
          verifiedAt: session.verifiedAt === undefined ? null : isoOf(session.verifiedAt),
          current: session.id === own,
        })),
      };
    },
  );
