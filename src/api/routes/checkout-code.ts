import { checkoutTokenSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { chargeOfToken, instructionsNow } from '../checkout.ts';
import { limitPerMinute } from '../checkout-limit.ts';
import { createPaymentCodeCache } from '../payment-codes.ts';
import { notFound, ProblemRaised } from '../problem.ts';

const perMinuteMax = 30;
const retryAfterMs = 60_000;

export const addCheckoutCode: AddRoute = (app, parts) => {
  const codes = createPaymentCodeCache(parts);
  app.get(
    '/api/qmoi/checkout/:token/qr.png',
    {
      config: { access: 'public', rateLimit: limitPerMinute(perMinuteMax, parts.mode) },
      schema: {
        operationId: 'readCheckoutCode',
        tags: ['checkout'],
        summary: 'The code that a phone reads to pay one purchase, drawn by the provider',
        params: z.object({ token: checkoutTokenSchema }),
      },
    },
    async ({ params }, reply) => {
      const charge = await chargeOfToken(parts, params.token);
      if (charge === undefined) throw notFound('This payment link is not one of ours.');
      if (charge.state === 'paid') {
        throw new ProblemRaised('no-payment-code', 'This purchase is paid.');
      }
      const { codePath, payTo, text } = await instructionsNow(parts, charge);
      if (codePath === null || payTo === null) throw new ProblemRaised('no-payment-code', text);
      const png = await codes.codeFor(charge, payTo.rail);
      if (png === undefined) throw new ProblemRaised('payment-code-failed', text, { retryAfterMs });
      return reply.type('image/png').send(png);
    },
  );
};
