import { parseId } from '#kernel';
import { digestSchema, eventQuerySchema, eventSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { ProblemRaised } from '../problem.ts';

const retryAfterMs = 10_000;

export const addEvents: AddRoute = (app, { access, hub }) =>
  void app.get(
    '/api/qmoi/events',
    {
      exposeHeadRoute: false,
      schema: {
        operationId: 'listen',
        tags: ['oversight'],
        summary: 'News as it happens, and a full status at least every 30 seconds',
        description:
          'Server-sent events with `status` for a snapshot. In the form `full` each event comes ' +
          'under its topic; `Last-Event-ID` resumes, and the same event may then come twice, ' +
          'with the same id. In the form `digest`, for screens, what came together is one ' +
          '`digest`, and nothing is counted twice. `gap` means that more was missed than is told ' +
          'again.',
        querystring: eventQuerySchema,
        headers: z.object({ 'last-event-id': z.string().max(40).optional() }),
        response: {
          200: {
            description: 'A stream without end.',
            content: { 'text/event-stream': { schema: z.union([eventSchema, digestSchema]) } },
          },
        },
      },
    },
    async (request, reply) => {
      if (hub.isFull) {
        throw new ProblemRaised('too-many-listeners', 'Close a dashboard, or ask again later.', {
          retryAfterMs,
        });
      }
      const last = parseId('event', request.headers['last-event-id'] ?? '');
      const sessionId = access.principalOf(request).session?.id;
      const headers = reply.getHeaders();
      reply.hijack();
      await hub.join({
        raw: reply.raw,
        headers,
        sessionId,
        form: request.query.form,
        lastEventId: last.ok ? last.value : undefined,
      });
    },
  );
