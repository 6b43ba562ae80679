import { shillings } from '#kernel';
import { checkoutAnswerSchema, checkoutOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { chargeRefusals } from '../charge-refusals.ts';
import { checkoutTokenOf, instructionsNow, railFor } from '../checkout.ts';
import { limitPerMinute } from '../checkout-limit.ts';
import { refused } from '../problem.ts';

const perMinuteMax = 30;

/** The customer's own act, and thereby consent to one prompt now. */
export const addCheckoutCreate: AddRoute = (app, parts) =>
  void app.post(
    '/api/qmoi/checkout',
    {
      config: { access: 'public', rateLimit: limitPerMinute(perMinuteMax, parts.mode) },
      schema: {
        operationId: 'createCheckout',
        tags: ['checkout'],
        summary: 'Buy something; the phone is asked for its PIN',
        body: checkoutOrderSchema,
        response: { 201: checkoutAnswerSchema },
      },
    },
    (request, reply) =>
      parts.once(
        { request, reply, route: 'checkout', status: 201, answer: checkoutAnswerSchema },
        async (requestKey) => {
          const { billing, clock, rails } = parts;
          const { stream, amount, phone, description, fallback } = request.body;
          const rail = request.body.rail ?? railFor(request.body, rails);
          const made = await billing.charge({
            streamId: stream,
            amountMinor: shillings(amount),
            phone,
            consent: { basis: 'payer-act', givenAt: clock.now() },
            createdBy: { kind: 'payer' },
            ...(rail !== undefined && { rail }),
            ...(description !== undefined && { description }),
            ...(fallback !== undefined && { fallback }),
            ...(requestKey !== undefined && { requestKey }),
          });
          if (!made.ok) throw refused(chargeRefusals, made.error);
          parts.nudge('prompts');
          const charge = made.value;
          return {
            chargeId: charge.id,
            reference: charge.reference,
            checkoutToken: checkoutTokenOf(parts, charge),
            state: charge.state,
            rail: charge.rail,
            payInstructions: await instructionsNow(parts, charge),
          };
        },
      ),
  );
