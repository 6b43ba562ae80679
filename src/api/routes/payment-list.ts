import { paymentPageSchema, paymentQuerySchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { cursorOf } from '../paging.ts';
import { searchOf } from '../payment-search.ts';
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
      const { limit, cursor, ...asked } = query;
      const before = cursorOf('payment', cursor);
      const { payments, next } = await collections.payments({ ...searchOf(asked), before, limit });
      return { items: payments.map(showPayment), nextCursor: next ?? null };
    },
  );
