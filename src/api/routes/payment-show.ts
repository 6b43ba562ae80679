import { decimalOf, isoOf, parseId } from '#kernel';
import { exceptionKinds, type Payment } from '#collections';
import { paymentTraceSchema } from '#api/contract';
import { z } from 'zod';

import type { AddRoute, Parts } from '../app.ts';
import { everyPayment } from '../payment-search.ts';
import { notFound } from '../problem.ts';
import {
  showCharge,
  showEntry,
  showEvidence,
  showPayment,
  showPrompt,
  showTransfer,
} from '../show.ts';
import { showAllocation, showAppliedFix } from '../show-exception.ts';

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
  const search = { ...everyPayment, receipt: text, before: undefined, limit: 1 };
  return (await collections.payments(search)).payments[0];
}

async function traceOf(parts: Parts, payment: Payment) {
  const { billing, collections, database, evidence, ledger } = parts;
  const { chargeId } = payment;
  const [charge, prompts, entries, allocations, about, refund] = await Promise.all([
    chargeId === undefined ? undefined : billing.find(chargeId),
    chargeId === undefined ? [] : collections.promptsOf(chargeId),
    ledger.entriesOf(payment.id),
    collections.allocationsOf(payment.id),
    aboutOf(parts, payment),
    refundOf(parts, payment),
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
    ...about,
    refund,
    reversal: payment.reversal === undefined ? null : showReversal(payment.reversal),
  };
}

/** One exception of a kind at most, and a decision or two about each. */
async function aboutOf({ collections }: Parts, payment: Payment) {
  const exceptions = await collections.exceptionsOf(payment.id);
  const fixes = await Promise.all(exceptions.map(({ id }) => collections.fixesOf(id)));
  return {
    exceptions: exceptions.map(({ id, kind, state, openedAt }) => ({
      id,
      kind,
      title: exceptionKinds[kind],
      state,
      openedAt: isoOf(openedAt),
    })),
    fixes: fixes
      .flat()
      .toSorted((a, b) => a.appliedAt - b.appliedAt)
      .map(showAppliedFix),
  };
}

async function refundOf({ transfers }: Parts, { refund }: Payment) {
  const transfer = refund === undefined ? undefined : await transfers.find(refund.transferId);
  return transfer === undefined ? null : showTransfer(transfer, transfers.notesOn(transfer));
}

const showReversal = ({ receipt, amountMinor, at }: NonNullable<Payment['reversal']>) => ({
  receipt,
  amountDecimal: decimalOf(amountMinor),
  reversedAt: isoOf(at),
});
