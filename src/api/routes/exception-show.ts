import { exceptionTraceSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { exceptionTraceOf } from '../show-exception.ts';

export const addExceptionShow: AddRoute = (app, parts) =>
  void app.get(
    '/api/qmoi/exceptions/:id',
    {
      schema: {
        operationId: 'readException',
        tags: ['oversight'],
        summary: 'An exception with its money, what could be done about it and what was',
        params: z.object({ id: z.string() }),
        response: { 200: exceptionTraceSchema },
      },
    },
    ({ params }) => exceptionTraceOf(parts, params.id),
  );
