import { statementListQuerySchema, statementPageSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';
import { showStatement } from '../show-statement.ts';

export const addStatementList: AddRoute = (app, { reconciliation }) =>
  void app.get(
    '/api/qmoi/statements',
    {
      schema: {
        operationId: 'listStatements',
        tags: ['oversight'],
        summary: 'Imported statements, newest first',
        querystring: statementListQuerySchema,
        response: { 200: statementPageSchema },
      },
    },
    async ({ query: { limit, cursor } }) => {
      const rows = await reconciliation.statements({
        limit,
        before: cursorOf('statement', cursor),
      });
      return showPage(rows, limit, showStatement);
    },
  );
