import { exceptionPageSchema, exceptionQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf } from '../paging.ts';
import { showException } from '../show-exception.ts';

export const addExceptionList: AddRoute = (app, { collections }) =>
  void app.get(
    '/api/qmoi/exceptions',
    {
      schema: {
        operationId: 'listExceptions',
        tags: ['oversight'],
        summary: 'What a person should look at, newest first, with what could be done about it',
        querystring: exceptionQuerySchema,
        response: { 200: exceptionPageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, state } = query;
      const before = cursorOf('exception', cursor);
      const rows = await collections.proposals({ before, limit, state });
      return {
        items: rows.map(showException),
        nextCursor: rows.length < limit ? null : (rows.at(-1)?.exception.id ?? null),
      };
    },
  );
