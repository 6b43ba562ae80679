import { healthSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { sharing } from '../sharing.ts';

export const addHealth: AddRoute = (app, { ping, version }) => {
  const isUp = sharing(async () => {
    try {
      await ping();
      return true;
    } catch {
      return false;
    }
  });
  app.get(
    '/api/qmoi/health',
    {
      config: { access: 'public' },
      schema: {
        operationId: 'readHealth',
        tags: ['oversight'],
        summary: 'Whether this process is ready for requests',
        response: {
          200: healthSchema,
          503: healthSchema.describe('Not ready: the database is away.'),
        },
      },
    },
    async (_request, reply) => {
      if (await isUp()) return { status: 'ok' as const, database: 'up' as const, version };
      reply.code(503).header('retry-after', '2');
      return { status: 'degraded' as const, database: 'away' as const, version };
    },
  );
};
