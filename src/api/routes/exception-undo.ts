import { fixAnswerSchema, undoOrderSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { fixRefused } from '../fix-refusals.ts';
import { exceptionIdOf, exceptionTraceOf, showAppliedFix } from '../show-exception.ts';

export const addExceptionUndo: AddRoute = (app, parts) =>
  void app.post(
    '/api/qmoi/exceptions/:id/undo',
    {
      schema: {
        operationId: 'undoFix',
        tags: ['oversight'],
        summary: 'Take the last fix of an exception back',
        description: 'By entries of the opposite sign: both stay in the books.',
        params: z.object({ id: z.string() }),
        body: undoOrderSchema,
        response: { 200: fixAnswerSchema },
      },
    },
    (request, reply) => {
      const { id } = request.params;
      const route = `exception-undo:${exceptionIdOf(id)}`;
      return parts.once(
        { request, reply, route, status: 200, answer: fixAnswerSchema },
        async (requestKey) => {
          const undone = await parts.collections.undoFix({
            exceptionId: exceptionIdOf(id),
            by: parts.access.principalOf(request).actor,
            reason: request.body.reason,
            requestKey,
          });
          if (!undone.ok) throw fixRefused(undone.error);
          return { ...(await exceptionTraceOf(parts, id)), fix: showAppliedFix(undone.value) };
        },
      );
    },
  );
