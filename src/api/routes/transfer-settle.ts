import { parseId } from '#kernel';
import { settlementOrderSchema, transferSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound, refused } from '../problem.ts';
import { showTransfer } from '../show.ts';
import { settlementRefusals } from '../transfer-refusals.ts';

export const addTransferSettle: AddRoute = (app, { access, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/transfers/:id/settle',
    {
      schema: {
        operationId: 'settleTransfer',
        tags: ['revenue'],
        summary: 'Say what became of a transfer that no provider speaks of',
        description:
          'Refused while the provider may still answer, unless a line of its statement proves ' +
          "the end. Until it answers, another word takes this one back; the provider's own word, " +
          'whenever it comes, weighs more.',
        params: z.object({ id: z.string() }),
        body: settlementOrderSchema,
        response: { 200: transferSchema },
      },
    },
    async (request) => {
      const id = parseId('transfer', request.params.id);
      if (!id.ok) throw notFound('No transfer has this id.');
      const { body } = request;
      const settled = await transfers.settleByHand({
        transferId: id.value,
        end:
          body.end === 'completed' ? { kind: body.end, receipt: body.receipt } : { kind: body.end },
        reason: body.reason,
        by: access.principalOf(request).actor,
        ...(body.statementLine === undefined ? {} : { statementLine: body.statementLine }),
      });
      if (!settled.ok) throw refused(settlementRefusals, settled.error);
      return showTransfer(settled.value, transfers.notesOn(settled.value));
    },
  );
