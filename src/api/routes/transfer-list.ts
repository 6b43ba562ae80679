import { transferPageSchema, transferQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';
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
      const { limit, cursor, type, rail } = query;
      const before = cursorOf('transfer', cursor);
      const rows = await transfers.page({ before, limit, rail: type ?? rail });
      return showPage(rows, limit, (one) => showTransfer(one, transfers.notesOn(one)));
    },
  );
