import { decimalOf, isoOf } from '#kernel';
import type { Payment, ReceiptStanding } from '#collections';
import { receiptParamsSchema, receiptStandingSchema } from '#api/contract';

import type { AddRoute } from '../app.ts';
import { showPayment } from '../show.ts';

export const addReceiptCheck: AddRoute = (app, { collections }) =>
  void app.get(
    '/api/qmoi/counter/receipts/:receipt',
    {
      schema: {
        operationId: 'checkReceipt',
        tags: ['charges'],
        summary: 'Whether the receipt that a payer shows is money of this business',
        params: receiptParamsSchema,
        response: { 200: receiptStandingSchema },
      },
    },
    async ({ params }) => {
      const receipt = params.receipt.replaceAll(' ', '');
      const found = await collections.standingOf(receipt);
      return { receipt, payment: null, otherTill: null, ...show(found) };
    },
  );

function show(found: ReceiptStanding) {
  switch (found.kind) {
    case 'booked': {
      const standing = found.takenBack ? 'going-back' : standings[found.payment.state];
      return { standing, payment: showPayment(found.payment) } as const;
    }
    case 'other-till': {
      const { rail, amountMinor, detail, openedAt } = found.exception;
      const { shortCode } = detail;
      return {
        standing: found.kind,
        otherTill: {
          rail: rail ?? null,
          shortCode: typeof shortCode === 'string' ? shortCode : null,
          amountDecimal: amountMinor === undefined ? null : decimalOf(amountMinor),
          toldAt: isoOf(openedAt),
        },
      } as const;
    }
    case 'being-checked':
    case 'not-vouched-for':
    case 'unknown':
      return { standing: found.kind } as const;
    default:
      return found satisfies never;
  }
}

const standings = {
  earned: 'paid',
  suspense: 'unassigned',
  credit: 'held',
  refunding: 'going-back',
  refunded: 'gone-back',
  reversed: 'gone-back',
} as const satisfies Record<Payment['state'], string>;
