import { transferSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { payeeIdOf } from '../payee-id.ts';
import { refused } from '../problem.ts';
import { showTransfer } from '../show.ts';
import { payeeRefusals, transferRefusals } from '../transfer-refusals.ts';

const texts = { ...transferRefusals, ...payeeRefusals };

export const addPayeeTest: AddRoute = (app, { access, nudge, once, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/payees/:id/test',
    {
      schema: {
        operationId: 'testPayee',
        tags: ['revenue'],
        summary: 'Send KES 10 to a number, whose receipt its owner then tells',
        params: z.object({ id: z.string() }),
        response: { 202: transferSchema },
      },
    },
    (request, reply) => {
      const payeeId = payeeIdOf(request.params.id);
      return once(
        { request, reply, route: `payee-test:${payeeId}`, status: 202, answer: transferSchema },
        async (requestKey) => {
          const planned = await transfers.requestTest({
            payeeId,
            why: 'test of the number',
            requestedBy: access.principalOf(request).actor,
            requestKey,
          });
          if (!planned.ok) throw refused(texts, planned.error);
          nudge('transfers');
          return showTransfer(planned.value, transfers.notesOn(planned.value));
        },
      );
    },
  );
