import { parseId } from '#kernel';
import { transferTraceSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute } from '../app.ts';
import { notFound } from '../problem.ts';
import { showEntry, showEvidence, showTransfer } from '../show.ts';

export const addTransferShow: AddRoute = (app, { database, evidence, ledger, transfers }) =>
  void app.get(
    '/api/qmoi/revenue/transfers/:id',
    {
      schema: {
        operationId: 'readTransfer',
        tags: ['revenue'],
        summary: 'A transfer with what proves it and what was booked',
        params: z.object({ id: z.string() }),
        response: { 200: transferTraceSchema },
      },
    },
    async ({ params }) => {
      const id = parseId('transfer', params.id);
      const transfer = id.ok ? await transfers.find(id.value) : undefined;
      if (transfer === undefined) throw notFound('No transfer has this id.');
      const [proofs, entries] = await Promise.all([
        evidence.of(database.executor, [transfer.id]),
        ledger.entriesOf(transfer.id),
      ]);
      return {
        transfer: showTransfer(transfer, transfers.notesOn(transfer)),
        evidence: proofs.map(showEvidence),
        entries: entries.map(showEntry),
      };
    },
  );
