import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import {
  amountAskedSchema,
  decimalSchema,
  idSchema,
  kesSchema,
  maskedPhoneSchema,
  phoneSchema,
  railSchema,
  referenceSchema,
  textSchema,
  timeSchema,
} from './words.ts';

export const chargeStateSchema = z.enum([
  'open',
  'prompting',
  'prompted',
  'paid',
  'declined',
  'expired',
  'unknown',
]);

const consentBasisSchema = z
  .enum(['payer-act', 'standing'])
  .describe('The payer asked just now, or agreed once to be asked on due dates.');

export const descriptionSchema = textSchema(100).meta({ examples: ['Website, November'] });

const minutesMax = 60 * 24 * 60;

export const chargeOrderSchema = z
  .object({
    stream: z.string().max(40),
    amount: amountAskedSchema,
    rail: railSchema.optional().describe("The stream's own unless another is named."),
    phone: phoneSchema.optional().describe('Needed for a prompt.'),
    description: descriptionSchema.optional(),
    consent: z
      .object({ basis: consentBasisSchema, givenAt: timeSchema.optional() })
      .optional()
      .describe('Without it the phone is not prompted. `givenAt` is now unless it says otherwise.'),
    expiresInMinutes: z.int().min(1).max(minutesMax).optional(),
  })
  .meta({
    id: 'ChargeOrder',
    examples: [{ stream: 'consultation', amount: 950, phone: '0712345678' }],
  });

export const chargeSchema = z
  .object({
    id: idSchema('ch'),
    state: chargeStateSchema,
    stream: z.string(),
    rail: railSchema,
    amount: kesSchema,
    amountDecimal: decimalSchema,
    currency: z.literal('KES'),
    reference: referenceSchema,
    description: z.string(),
    phone: maskedPhoneSchema.nullable(),
    consent: z.object({ basis: consentBasisSchema, givenAt: timeSchema }).nullable(),
    fallback: z
      .object({ rail: railSchema, phone: maskedPhoneSchema, usedAt: timeSchema.nullable() })
      .nullable()
      .describe('The other rail its payer named; once used, the one that could not ask.'),
    paymentId: idSchema('pay').nullable(),
    reason: z.string().nullable().describe('Why it was declined, expired or not prompted for.'),
    createdBy: z.string(),
    createdAt: timeSchema,
    expiresAt: timeSchema,
  })
  .meta({ id: 'Charge', description: 'What a customer owes for one purchase.' });
export type ChargeView = z.output<typeof chargeSchema>;

export const promptSchema = z
  .object({
    id: idSchema('pr'),
    rail: railSchema,
    state: z.enum(['sending', 'accepted', 'unknown', 'refused', 'paid', 'failed']),
    providerRequestId: z.string().nullable(),
    code: z.string().nullable().describe("The provider's own code."),
    reason: z.string().nullable(),
    plannedAt: timeSchema,
    settledAt: timeSchema.nullable(),
  })
  .meta({ id: 'Prompt', description: 'One attempt to have a payer approve on the phone.' });

export const chargeQuerySchema = z.object({
  ...pageQuery,
  state: chargeStateSchema.optional(),
  reference: z.string().max(40).optional().describe('The one that has this reference.'),
  phone: phoneSchema.optional().describe('Those of a phone that wait for money.'),
  amount: z.coerce
    .number()
    .pipe(amountAskedSchema)
    .optional()
    .describe('Those of this amount, in whole KES, that wait for money.'),
});
export const chargePageSchema = pageOf(chargeSchema).meta({ id: 'ChargePage' });

export const chargeTraceSchema = z
  .object({
    charge: chargeSchema,
    prompts: z.array(promptSchema),
    payments: z.array(idSchema('pay')),
  })
  .meta({ id: 'ChargeTrace' });
