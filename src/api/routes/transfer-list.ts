import { transferPageSchema, transferQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf } from '../paging.ts';
import { showTransfer } from '../show.ts';

export const addTransferList: AddRoute = (app, { transfers }) =>
  void app.get(
    '/api/qmoi/revenue/transfers',
    {
      schema: {
        operationId: 'listTransfers',
        tags: ['revenue'],
        summary: 'Transfers, newest first',
        querystring: transferQuerySchema,
        response: { 200: transferPageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, type, rail, state, kind } = query;
      const before = cursorOf('transfer', cursor);
      const found = await transfers.page({ before, limit, rail: type ?? rail, state, kind });
      return {
        items: found.items.map((one) => showTransfer(one, transfers.notesOn(one))),
        nextCursor: found.next ?? null,
      };
    },
  );
