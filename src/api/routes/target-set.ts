import { shillings } from '#kernel';
import type { TargetRefusal } from '#targets';
import { targetAnswerSchema, targetOrderSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { refused, type RefusalTexts } from '../problem.ts';

const refusals: RefusalTexts<TargetRefusal> = {
  'amount-not-above-zero': 'A target is at least KES 1.',
  'amount-too-large': 'A target is at most {maxMinor}.',
  'below-minimum': 'The minimum of {target} is {minimumMinor}: choose more, or lower the minimum.',
};

export const addTargetSet: AddRoute = (app, { access, once, targets }) =>
  void app.post(
    '/api/qmoi/revenue/target',
    {
      schema: {
        operationId: 'setTarget',
        tags: ['revenue'],
        summary: 'Change a daily target',
        body: targetOrderSchema,
        response: { 200: targetAnswerSchema },
      },
    },
    (request, reply) =>
      once(
        { request, reply, route: 'target', status: 200, answer: targetAnswerSchema },
        async () => {
          const { type, amount } = request.body;
          const { actor: by } = access.principalOf(request);
          const set = await targets.set({ kind: type, amountMinor: shillings(amount), by });
          if (!set.ok) throw refused(refusals, set.error);
          return { type, amount, notes: [...set.value] };
        },
      ),
  );
