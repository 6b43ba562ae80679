import { shillings } from '#kernel';
import type { Consent } from '#billing';
import { chargeOrderSchema, chargeSchema } from '#api/contract';
import type { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { chargeRefusals } from '../charge-refusals.ts';
import { ProblemRaised, refused } from '../problem.ts';
import { showCharge } from '../show.ts';

type Order = z.output<typeof chargeOrderSchema>;

export const addChargeCreate: AddRoute = (app, { access, billing, clock, nudge, once }) =>
  void app.post(
    '/api/qmoi/charges',
    {
      schema: {
        operationId: 'createCharge',
        tags: ['charges'],
        summary: 'Bill a customer; with consent, the phone is prompted',
        body: chargeOrderSchema,
        response: { 201: chargeSchema },
      },
    },
    (request, reply) =>
      once(
        { request, reply, route: 'charges', status: 201, answer: chargeSchema },
        async (requestKey) => {
          const order = request.body;
          const { rail, phone, description, expiresInMinutes } = order;
          const consent = consentOf(order, clock.now());
          const made = await billing.charge({
            streamId: order.stream,
            amountMinor: shillings(order.amount),
            createdBy: access.principalOf(request).actor,
            ...(rail !== undefined && { rail }),
            ...(phone !== undefined && { phone }),
            ...(description !== undefined && { description }),
            ...(consent && { consent }),
            ...(requestKey !== undefined && { requestKey }),
            ...(expiresInMinutes !== undefined && { expiresInMs: expiresInMinutes * 60_000 }),
          });
          if (!made.ok) throw refused(chargeRefusals, made.error);
          nudge('prompts');
          return showCharge(made.value);
        },
      ),
  );

function consentOf({ consent }: Order, now: number): Consent | undefined {
  if (consent === undefined) return undefined;
  const givenAt =
    consent.givenAt === undefined ? now : Temporal.Instant.from(consent.givenAt).epochMilliseconds;
  if (givenAt > now) {
    throw new ProblemRaised('consent-in-the-future', 'Consent is given before it is used.');
  }
  return { basis: consent.basis, givenAt };
}
