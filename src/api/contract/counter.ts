import { z } from 'zod';

import { chargeSchema } from './charge.ts';
import { payInstructionsSchema } from './checkout.ts';
import { paymentSchema } from './payment.ts';
import { decimalSchema, railSchema, timeSchema } from './words.ts';

export const receiptParamsSchema = z.object({
  receipt: z
    .string()
    .trim()
    .regex(/^[\w.\- ]{1,60}$/, 'A receipt has letters and digits, sixty at most.')
    .describe('As the payer’s message shows it; small letters will do.'),
});

export const receiptStandingSchema = z
  .object({
    receipt: z.string(),
    standing: z
      .enum([
        'paid',
        'unassigned',
        'held',
        'going-back',
        'gone-back',
        'being-checked',
        'not-vouched-for',
        'other-till',
        'unknown',
      ])
      .describe(
        'Only `paid`, `unassigned` (nobody knows yet what for) and `held` (for a customer) are ' +
          'money that is here. What is `being-checked` was claimed, and its provider is asked.',
      ),
    payment: paymentSchema.nullable(),
    otherTill: z
      .object({
        rail: railSchema.nullable(),
        shortCode: z.string().nullable(),
        amountDecimal: decimalSchema.nullable(),
        toldAt: timeSchema,
      })
      .nullable()
      .describe('A short code that is not of this business, where its provider told us of it.'),
  })
  .meta({
    id: 'ReceiptStanding',
    description: 'Whether what a payer shows was paid, and is here.',
  });

export const chargePaySchema = z
  .object({
    charge: chargeSchema,
    payInstructions: payInstructionsSchema.nullable().describe('Null once it is paid.'),
    payment: paymentSchema.nullable().describe('What paid it.'),
  })
  .meta({ id: 'ChargePay', description: 'A charge for the screen of a till.' });
