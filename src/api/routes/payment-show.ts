import { parseId } from '#kernel';
import type { Payment } from '#collections';
import { paymentTraceSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute, Parts } from '../app.ts';
import { notFound } from '../problem.ts';
import { showCharge, showEntry, showEvidence, showPayment, showPrompt } from '../show.ts';
import { showAllocation } from '../show-exception.ts';

export const addPaymentShow: AddRoute = (app, parts) =>
  void app.get(
    '/api/qmoi/revenue/transactions/:id',
    {
      schema: {
        operationId: 'readPayment',
        tags: ['revenue'],
        summary: 'The way of one shilling: charge, prompts, evidence, payment, entries',
        params: z.object({ id: z.string().describe('An id of ours, or the receipt.') }),
        response: { 200: paymentTraceSchema },
      },
    },
    async ({ params }) => {
      const payment = await findPayment(parts, params.id);
      if (payment === undefined) throw notFound('No payment has this id or receipt.');
      return traceOf(parts, payment);
    },
  );

async function findPayment({ collections }: Parts, text: string): Promise<Payment | undefined> {
  const id = parseId('payment', text);
  if (id.ok) return collections.findPayment(id.value);
  const [found] = await collections.payments({
    receipt: text,
    limit: 1,
    before: undefined,
    rail: undefined,
    streamId: undefined,
    state: undefined,
    phone: undefined,
    from: undefined,
    to: undefined,
  });
  return found;
}

async function traceOf(parts: Parts, payment: Payment) {
  const { billing, collections, database, evidence, ledger } = parts;
  const { chargeId } = payment;
  const [charge, prompts, entries, allocations] = await Promise.all([
    chargeId === undefined ? undefined : billing.find(chargeId),
    chargeId === undefined ? [] : collections.promptsOf(chargeId),
    ledger.entriesOf(payment.id),
    collections.allocationsOf(payment.id),
  ]);
  const subjects = [...prompts.map(({ id }) => id), payment.id];
  const proofs = await evidence.of(database.executor, subjects);
  return {
    payment: showPayment(payment),
    allocations: allocations.map(showAllocation),
    charge: charge === undefined ? null : showCharge(charge),
    prompts: prompts.map(showPrompt),
    evidence: proofs.map(showEvidence),
    entries: entries.map(showEntry),
  };
}
