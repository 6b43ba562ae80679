import { shillings } from '#kernel';
import { transferOrderSchema, transferSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { payeeIdOf } from '../payee-id.ts';
import { refused } from '../problem.ts';
import { showTransfer } from '../show.ts';
import { transferRefusals } from '../transfer-refusals.ts';

const whyUsual = 'by hand';

export const addTransferCreate: AddRoute = (app, { access, nudge, once, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/transfer',
    {
      schema: {
        operationId: 'createTransfer',
        tags: ['revenue'],
        summary: "Send money to the owner's own phone",
        description: 'Accepted is not sent: the state of the transfer says what became of it.',
        body: transferOrderSchema,
        response: { 202: transferSchema },
      },
    },
    (request, reply) =>
      once(
        { request, reply, route: 'transfer', status: 202, answer: transferSchema },
        async (requestKey) => {
          const { type, amount, reason, payee } = request.body;
          const planned = await transfers.request({
            rail: type,
            amountMinor: shillings(amount),
            why: reason ?? whyUsual,
            requestedBy: access.principalOf(request).actor,
            requestKey,
            payeeId: payee === undefined ? undefined : payeeIdOf(payee),
          });
          if (!planned.ok) throw refused(transferRefusals, planned.error);
          nudge('transfers');
          return showTransfer(planned.value, transfers.notesOn(planned.value));
        },
      ),
  );
