import { chargePageSchema, chargeQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';
import { showCharge } from '../show.ts';

export const addChargeList: AddRoute = (app, { billing }) =>
  void app.get(
    '/api/qmoi/charges',
    {
      schema: {
        operationId: 'listCharges',
        tags: ['charges'],
        summary: 'Charges, newest first',
        querystring: chargeQuerySchema,
        response: { 200: chargePageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, state } = query;
      const rows = await billing.page({ before: cursorOf('charge', cursor), limit, state });
      return showPage(rows, limit, showCharge);
    },
  );
