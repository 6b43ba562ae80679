import { payeeListSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { showPayee } from '../show.ts';

export const addPayeeList: AddRoute = (app, { transfers }) =>
  void app.get(
    '/api/qmoi/revenue/payees',
    {
      schema: {
        operationId: 'listPayees',
        tags: ['revenue'],
        summary: 'The numbers that money may go to',
        response: { 200: payeeListSchema },
      },
    },
    async () => ({ items: (await transfers.payees.list()).map(showPayee) }),
  );
