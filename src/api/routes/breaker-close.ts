import { breakerAnswerSchema, breakerOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';

export const addBreakerClose: AddRoute = (app, { weather, access, nudge }) =>
  void app.post(
    '/api/qmoi/weather/close-breaker',
    {
      schema: {
        operationId: 'closeBreaker',
        tags: ['oversight'],
        summary: 'Let calls to a provider go out again that were held back',
        body: breakerOrderSchema,
        response: { 200: breakerAnswerSchema },
      },
    },
    async (request) => {
      const { rail, reason } = request.body;
      const { actor } = access.principalOf(request);
      const closed = await weather.closeBreakers(rail, { by: actor, reason });
      for (const step of ['prompts', 'transfers'] as const) nudge(step);
      return { rail, closed };
    },
  );
