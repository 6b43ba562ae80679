import { payeeConfirmationSchema, payeeSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { payeeIdOf } from '../payee-id.ts';
import { refused } from '../problem.ts';
import { showPayee } from '../show.ts';
import { payeeRefusals } from '../transfer-refusals.ts';

export const addPayeeConfirm: AddRoute = (app, { access, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/payees/:id/confirm',
    {
      schema: {
        operationId: 'confirmPayee',
        tags: ['revenue'],
        summary: 'Tell the receipt that arrived on the phone with the test',
        params: z.object({ id: z.string() }),
        body: payeeConfirmationSchema,
        response: { 200: payeeSchema },
      },
    },
    async (request) => {
      const confirmed = await transfers.payees.confirm({
        id: payeeIdOf(request.params.id),
        receipt: request.body.receipt,
        by: access.principalOf(request).actor,
      });
      if (!confirmed.ok) throw refused(payeeRefusals, confirmed.error);
      return showPayee(confirmed.value);
    },
  );
