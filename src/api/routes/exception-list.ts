import { decimalOf, isoOf } from '#kernel';
import { exceptionKinds } from '#collections';
import { exceptionPageSchema, exceptionQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';

export const addExceptionList: AddRoute = (app, { collections }) =>
  void app.get(
    '/api/qmoi/exceptions',
    {
      schema: {
        operationId: 'listExceptions',
        tags: ['oversight'],
        summary: 'What a person should look at, newest first',
        querystring: exceptionQuerySchema,
        response: { 200: exceptionPageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, state } = query;
      const before = cursorOf('exception', cursor);
      const rows = await collections.exceptions({ before, limit, state });
      return showPage(rows, limit, (row) => ({
        id: row.id,
        kind: row.kind,
        title: exceptionKinds[row.kind],
        state: row.state,
        rail: row.rail ?? null,
        subject: row.subject,
        amountDecimal: row.amountMinor === undefined ? null : decimalOf(row.amountMinor),
        detail: { ...row.detail },
        openedAt: isoOf(row.openedAt),
      }));
    },
  );
