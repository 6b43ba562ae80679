import { parseId } from '#kernel';
import { cancellationOrderSchema, transferSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound, refused } from '../problem.ts';
import { showTransfer } from '../show.ts';
import { cancellationRefusals } from '../transfer-refusals.ts';

const whyUsual = 'by hand';

export const addTransferCancel: AddRoute = (app, { access, transfers }) =>
  void app.post(
    '/api/qmoi/revenue/transfers/:id/cancel',
    {
      schema: {
        operationId: 'cancelTransfer',
        tags: ['revenue'],
        summary: 'Take a transfer back that has not left',
        description:
          'What is cancelled never leaves; what is being sent cannot be cancelled. Asked twice, ' +
          'it is done once. A cancelled daily transfer has no other that day.',
        params: z.object({ id: z.string() }),
        body: cancellationOrderSchema,
        response: { 200: transferSchema },
      },
    },
    async (request) => {
      const id = parseId('transfer', request.params.id);
      if (!id.ok) throw notFound('No transfer has this id.');
      const cancelled = await transfers.cancel({
        transferId: id.value,
        reason: request.body.reason ?? whyUsual,
        by: access.principalOf(request).actor,
      });
      if (!cancelled.ok) throw refused(cancellationRefusals, cancelled.error);
      return showTransfer(cancelled.value, transfers.notesOn(cancelled.value));
    },
  );
