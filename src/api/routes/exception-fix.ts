import { fixAnswerSchema, fixOrderSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { fixRefused } from '../fix-refusals.ts';
import {
  exceptionIdOf,
  exceptionTraceOf,
  readAfter,
  readFix,
  showAppliedFix,
} from '../show-exception.ts';

export const addExceptionFix: AddRoute = (app, parts) =>
  void app.post(
    '/api/qmoi/exceptions/:id/fix',
    {
      schema: {
        operationId: 'fixException',
        tags: ['oversight'],
        summary: 'Do what you have decided about an exception',
        description: 'Booked, audited and told at once, or refused with nothing changed.',
        params: z.object({ id: z.string() }),
        body: fixOrderSchema,
        response: { 200: fixAnswerSchema },
      },
    },
    (request, reply) => {
      const { id } = request.params;
      const route = `exception-fix:${exceptionIdOf(id)}`;
      return parts.once(
        { request, reply, route, status: 200, answer: fixAnswerSchema },
        async (requestKey) => {
          const { fix, reason, after } = request.body;
          const applied = await parts.collections.applyFix({
            exceptionId: exceptionIdOf(id),
            fix: readFix(fix),
            after: readAfter(after),
            by: parts.access.principalOf(request).actor,
            reason,
            requestKey,
          });
          if (!applied.ok) throw fixRefused(applied.error);
          if (applied.value.transferId !== undefined) parts.nudge('transfers');
          return {
            ...(await exceptionTraceOf(parts, id)),
            fix: showAppliedFix(applied.value),
          };
        },
      );
    },
  );
