import { parseId } from '#kernel';
import { chargeTraceSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound } from '../problem.ts';
import { showCharge, showPrompt } from '../show.ts';

export const addChargeShow: AddRoute = (app, { billing, collections }) =>
  void app.get(
    '/api/qmoi/charges/:id',
    {
      schema: {
        operationId: 'readCharge',
        tags: ['charges'],
        summary: 'A charge with its prompts and payments',
        params: z.object({ id: z.string() }),
        response: { 200: chargeTraceSchema },
      },
    },
    async ({ params }) => {
      const id = parseId('charge', params.id);
      const charge = id.ok ? await billing.find(id.value) : undefined;
      if (charge === undefined) throw notFound('No charge has this id.');
      const [prompts, payments] = await Promise.all([
        collections.promptsOf(charge.id),
        collections.paymentsOf(charge.id),
      ]);
      return {
        charge: showCharge(charge),
        prompts: prompts.map(showPrompt),
        payments: payments.map((payment) => payment.id),
      };
    },
  );
