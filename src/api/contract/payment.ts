import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import {
  dateSchema,
  decimalSchema,
  idSchema,
  kesSchema,
  moneyAskedSchema,
  phoneSchema,
  railSchema,
  timeSchema,
} from './words.ts';

export const paymentStateSchema = z
  .enum(['earned', 'suspense', 'credit', 'refunding', 'refunded', 'reversed'])
  .describe(
    'Where the money is, or what of it is not earned: in suspense it is confirmed, but nobody ' +
      'knows yet whose it is; credit is held for a customer; what is reversed its provider gave ' +
      'back by itself.',
  );

export const paymentSchema = z
  .object({
    id: idSchema('pay'),
    type: railSchema,
    rail: railSchema.describe('The same as `type`.'),
    receipt: z.string().meta({ examples: ['TKN4XQ81ZB'] }),
    amount: kesSchema,
    amountDecimal: decimalSchema,
    currency: z.literal('KES'),
    state: paymentStateSchema,
    earnedDecimal: decimalSchema.describe('What of it streams have earned.'),
    stream: z.string().nullable().describe('The only stream that earned of it.'),
    chargeId: idSchema('ch').nullable(),
    accountReference: z.string(),
    payer: z.string().nullable().describe('Masked.'),
    payerName: z.string().nullable(),
    road: z.string().describe('How the engine learned of it.'),
    occurredAt: timeSchema,
    bookedAt: timeSchema,
    businessDate: dateSchema,
  })
  .meta({ id: 'Payment', description: 'Confirmed money in.' });
export type PaymentView = z.output<typeof paymentSchema>;

const paymentFilters = {
  type: railSchema.optional(),
  rail: railSchema.optional().describe('The same as `type`.'),
  stream: z.string().max(40).optional(),
  state: paymentStateSchema.optional(),
  receipt: z.string().max(60).optional(),
  phone: phoneSchema.optional(),
  from: dateSchema.optional(),
  to: dateSchema.optional(),
  amountFrom: moneyAskedSchema.optional().describe('At least so much, to the cent.'),
  amountTo: moneyAskedSchema
    .optional()
    .describe(
      'At most so much; equal to `amountFrom` for one amount. A range is looked for among two ' +
        'thousand payments a page: a page may come short, or empty, and still name a next one.',
    ),
};

export const paymentQuerySchema = z.object({ ...pageQuery, ...paymentFilters });

export const exportFormatSchema = z.enum(['csv', 'xlsx']);
export const paymentExportQuerySchema = z.object({
  format: exportFormatSchema,
  ...paymentFilters,
});

export const paymentPageSchema = pageOf(paymentSchema).meta({ id: 'PaymentPage' });

export const evidenceSchema = z
  .object({
    kind: z.string().describe('`callback`, or how the engine asked.'),
    callbackId: idSchema('cb').nullable(),
    channel: z.string().nullable(),
    receivedAt: timeSchema.nullable(),
    digest: z.string().nullable().describe('SHA-256 of the callback as it came, hexadecimal.'),
    recordedAt: timeSchema,
  })
  .meta({ id: 'Evidence', description: 'What proves that money moved.' });

export const ledgerEntrySchema = z
  .object({
    transactionId: idSchema('tx'),
    kind: z.string(),
    account: z.string(),
    currency: z.string(),
    amountDecimal: decimalSchema.describe('Debits are positive, credits negative.'),
    postedAt: timeSchema,
  })
  .meta({ id: 'LedgerEntry' });

export const allocationSchema = z
  .object({
    fixId: idSchema('fx'),
    paymentId: idSchema('pay'),
    chargeId: idSchema('ch').nullable(),
    stream: z.string(),
    amountDecimal: decimalSchema,
    waivedDecimal: decimalSchema.describe('What the owner let go of the charge.'),
    reversedBy: idSchema('fx').nullable().describe('The undo that took it back.'),
  })
  .meta({ id: 'Allocation', description: 'What a fix let a stream earn of a payment.' });
