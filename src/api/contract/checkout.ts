import { z } from 'zod';

import { chargeStateSchema, descriptionSchema } from './charge.ts';
import {
  amountAskedSchema,
  decimalSchema,
  idSchema,
  kesSchema,
  phoneSchema,
  railSchema,
  referenceSchema,
  timeSchema,
} from './words.ts';

/** The customer's own act: by sending it the phone's owner asks to be prompted. */
export const checkoutOrderSchema = z
  .object({
    stream: z.string().max(40),
    amount: amountAskedSchema,
    phone: phoneSchema,
    rail: railSchema.optional().describe('The network of the phone unless another is named.'),
    description: descriptionSchema.optional(),
    fallback: z
      .object({ rail: railSchema, phone: phoneSchema })
      .optional()
      .describe(
        'Another rail and number of the payer’s own, typed in this same act: asked instead when ' +
          'the first rail certainly cannot ask.',
      ),
  })
  .meta({
    id: 'CheckoutOrder',
    examples: [{ stream: 'airtime', amount: 100, phone: '0733123456' }],
  });

export const payInstructionsSchema = z
  .object({
    prompt: z.boolean().describe('Whether the phone is about to ask for the PIN.'),
    text: z.string().describe('What the payer does, in a sentence.'),
    payTo: z
      .object({
        rail: railSchema,
        kind: z.enum(['paybill', 'till']),
        number: z.string(),
        account: z.string().nullable().describe('A till takes no account number.'),
        amount: kesSchema,
      })
      .nullable()
      .describe('Where to pay without a prompt; null where there is no such number.'),
    fallback: railSchema
      .nullable()
      .describe('The other rail that is about to ask in place of the first; else null.'),
    codePath: z
      .string()
      .nullable()
      .describe('Where the provider’s QR code for it is, a PNG; null where there is none.'),
  })
  .meta({ id: 'PayInstructions' });
export type PayInstructions = z.output<typeof payInstructionsSchema>;

export const checkoutTokenSchema = z
  .string()
  .max(64)
  .meta({ description: 'Opens the state of this one charge, and nothing else.' });

export const checkoutAnswerSchema = z
  .object({
    chargeId: idSchema('ch'),
    reference: referenceSchema,
    checkoutToken: checkoutTokenSchema,
    state: chargeStateSchema,
    rail: railSchema,
    payInstructions: payInstructionsSchema,
  })
  .meta({ id: 'CheckoutAnswer' });

/** What a payer sees of the charge: nobody's phone number. */
export const checkoutStateSchema = z
  .object({
    businessName: z.string(),
    mode: z.enum(['sandbox', 'live']),
    stream: z.string(),
    reference: referenceSchema,
    description: z.string(),
    amount: kesSchema,
    amountDecimal: decimalSchema,
    currency: z.literal('KES'),
    rail: railSchema,
    state: chargeStateSchema,
    reason: z.string().nullable(),
    receipt: z.string().nullable(),
    expiresAt: timeSchema,
    payInstructions: payInstructionsSchema.nullable().describe('Null once it is paid.'),
  })
  .meta({ id: 'CheckoutState' });
