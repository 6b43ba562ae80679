import { shillings } from '#kernel';
import type { TransferRefusal } from '#transfers';
import { transferOrderSchema, transferSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { refused, type RefusalTexts } from '../problem.ts';
import { showTransfer } from '../show.ts';

const refusals: RefusalTexts<TransferRefusal> = {
  'key-used-for-other-input': 'Use a new Idempotency-Key for a new transfer.',
  'engine-stopped': 'Nothing is sent while the engine is stopped. Start it and ask again.',
  'rail-not-configured': '{rail} is not set up: npm run qmoi:validate says what is missing.',
  'no-payout-number': 'Set the payout number of {rail} and restart the engine.',
  'amount-not-whole-shillings': '{amountMinor} is not in whole shillings.',
  'amount-out-of-range': '{rail} sends {minMinor} to {maxMinor} at a time.',
  'over-daily-limit': '{rail} may send {leftMinor} more today. Send less, or the rest tomorrow.',
  'balance-too-low':
    'The {rail} wallet can spare {freeMinor}: its reserve, transfers under way and money in ' +
    'suspense stay where they are.',
};

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
          const { type, amount, reason } = request.body;
          const planned = await transfers.request({
            rail: type,
            amountMinor: shillings(amount),
            why: reason ?? whyUsual,
            requestedBy: access.principalOf(request).actor,
            requestKey,
          });
          if (!planned.ok) throw refused(refusals, planned.error);
          nudge('transfers');
          return showTransfer(planned.value);
        },
      ),
  );
