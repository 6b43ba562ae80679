import { shillings } from '#kernel';
import { topUpOrderSchema, transferSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { refused } from '../problem.ts';
import { showTransfer } from '../show.ts';
import { transferRefusals } from '../transfer-refusals.ts';

const whyUsual = 'by hand';

export const addTopUpCreate: AddRoute = (app, { access, nudge, once, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/transfers/top-up',
    {
      schema: {
        operationId: 'createTopUp',
        tags: ['revenue'],
        summary: 'Move own money from the working wallet to the payout wallet',
        description: 'Accepted is not sent: the state of the transfer says what became of it.',
        body: topUpOrderSchema,
        response: { 202: transferSchema },
      },
    },
    (request, reply) =>
      once(
        { request, reply, route: 'top-up', status: 202, answer: transferSchema },
        async (requestKey) => {
          const { type, amount, reason } = request.body;
          const planned = await transfers.requestTopUp({
            rail: type,
            amountMinor: shillings(amount),
            why: reason ?? whyUsual,
            requestedBy: access.principalOf(request).actor,
            requestKey,
          });
          if (!planned.ok) throw refused(transferRefusals, planned.error);
          nudge('transfers');
          return showTransfer(planned.value, transfers.notesOn(planned.value));
        },
      ),
  );
