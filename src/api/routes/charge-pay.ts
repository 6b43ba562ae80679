import { parseId } from '#kernel';
import { chargePaySchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { instructionsNow } from '../checkout.ts';
import { notFound } from '../problem.ts';
import { showCharge, showPayment } from '../show.ts';

export const addChargePay: AddRoute = (app, parts) =>
  void app.get(
    '/api/qmoi/charges/:id/pay',
    {
      schema: {
        operationId: 'readChargePay',
        tags: ['charges'],
        summary: 'How a charge can be paid now, and what paid it',
        params: z.object({ id: z.string() }),
        response: { 200: chargePaySchema },
      },
    },
    async ({ params }) => {
      const { billing, collections } = parts;
      const id = parseId('charge', params.id);
      const charge = id.ok ? await billing.find(id.value) : undefined;
      if (charge === undefined) throw notFound('No charge has this id.');
      const { paymentId, state } = charge;
      const payment =
        paymentId === undefined ? undefined : await collections.findPayment(paymentId);
      return {
        charge: showCharge(charge),
        payInstructions: state === 'paid' ? null : await instructionsNow(parts, charge),
        payment: payment === undefined ? null : showPayment(payment),
      };
    },
  );
