import { isoOf } from '#kernel';
import type { Charge } from '#billing';
import { findStream } from '#streams';
import { checkoutStateSchema, checkoutTokenSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute, Parts } from '../app.ts';
import { chargeOfToken, instructionsNow } from '../checkout.ts';
import { limitPerMinute } from '../checkout-limit.ts';
import { notFound } from '../problem.ts';
import { showMoney } from '../show.ts';

const perMinuteMax = 240;

export const addCheckoutShow: AddRoute = (app, parts) =>
  void app.get(
    '/api/qmoi/checkout/:token',
    {
      config: { access: 'public', rateLimit: limitPerMinute(perMinuteMax, parts.mode) },
      schema: {
        operationId: 'readCheckout',
        tags: ['checkout'],
        summary: 'What became of one purchase',
        params: z.object({ token: checkoutTokenSchema }),
        response: { 200: checkoutStateSchema },
      },
    },
    async ({ params }) => {
      const charge = await chargeOfToken(parts, params.token);
      if (charge === undefined) throw notFound('This payment link is not one of ours.');
      return stateOf(parts, charge);
    },
  );

async function stateOf(parts: Parts, charge: Charge) {
  const { paymentId, state } = charge;
  const payment = paymentId && (await parts.collections.findPayment(paymentId));
  return {
    businessName: parts.businessName,
    mode: parts.mode,
    stream: findStream(charge.streamId)?.name ?? charge.streamId,
    reference: charge.reference,
    description: charge.description,
    ...showMoney(charge.amountMinor),
    rail: charge.rail,
    state,
    reason: charge.reason ?? null,
    receipt: payment?.receipt ?? null,
    expiresAt: isoOf(charge.expiresAt),
    payInstructions: state === 'paid' ? null : await instructionsNow(parts, charge),
  };
}
