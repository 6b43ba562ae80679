import { businessDateOf, floorShillings } from '#kernel';
import { resetAnswerSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';

export const addReset: AddRoute = (app, { access, clock, once, targets }) =>
  void app.post(
    '/api/qmoi/revenue/reset',
    {
      schema: {
        operationId: 'resetCounters',
        tags: ['revenue'],
        summary: "Close the day's counters and start new ones; the books are untouched",
        response: { 200: resetAnswerSchema },
      },
    },
    (request, reply) =>
      once({ request, reply, route: 'reset', status: 200, answer: resetAnswerSchema }, async () => {
        const businessDate = businessDateOf(clock.now());
        const closed = await targets.reset(access.principalOf(request).actor);
        return {
          businessDate,
          closed: {
            mpesa: floorShillings(closed.mpesa),
            airtel: floorShillings(closed.airtel),
            combined: floorShillings(closed.combined),
          },
        };
      }),
  );
