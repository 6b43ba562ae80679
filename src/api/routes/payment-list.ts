import { paymentPageSchema, paymentQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf, showPage } from '../paging.ts';
import { showPayment } from '../show.ts';

export const addPaymentList: AddRoute = (app, { collections }) =>
  void app.get(
    '/api/qmoi/revenue/transactions',
    {
      schema: {
        operationId: 'listPayments',
        tags: ['revenue'],
        summary: 'Confirmed payments, newest first',
        querystring: paymentQuerySchema,
        response: { 200: paymentPageSchema },
      },
    },
    async ({ query }) => {
      const { limit, cursor, type, rail, stream, ...filter } = query;
      const rows = await collections.payments({
        before: cursorOf('payment', cursor),
        limit,
        rail: type ?? rail,
        streamId: stream,
        state: filter.state,
        receipt: filter.receipt,
        phone: filter.phone,
        from: filter.from,
        to: filter.to,
      });
      return showPage(rows, limit, showPayment);
    },
  );
