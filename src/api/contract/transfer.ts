import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import { evidenceSchema, ledgerEntrySchema } from './payment.ts';
import {
  amountAskedSchema,
  dateSchema,
  decimalSchema,
  idSchema,
  kesSchema,
  maskedPhoneSchema,
  railSchema,
  reasonSchema,
  timeSchema,
} from './words.ts';

export const transferStateSchema = z.enum([
  'planned',
  'approved',
  'sending',
  'sent',
  'completed',
  'failed',
  'unknown',
  'reversed',
  'cancelled',
]);

export const transferOrderSchema = z
  .object({ type: railSchema, amount: amountAskedSchema, reason: reasonSchema.optional() })
  .meta({ id: 'TransferOrder', examples: [{ type: 'mpesa', amount: 2000, reason: 'Rent' }] });

export const transferSchema = z
  .object({
    id: idSchema('tr'),
    type: railSchema,
    rail: railSchema.describe('The same as `type`.'),
    kind: z.enum(['auto', 'manual']),
    state: transferStateSchema,
    amount: kesSchema,
    amountDecimal: decimalSchema,
    feeDecimal: decimalSchema.nullable().describe('Null until the provider has charged it.'),
    currency: z.literal('KES'),
    payoutNumber: maskedPhoneSchema,
    receipt: z.string().nullable(),
    providerRequestId: z.string().nullable(),
    why: z.string(),
    requestedBy: z.string(),
    code: z.string().nullable().describe("The provider's own code."),
    description: z.string().nullable().describe("The provider's own words."),
    reason: z.string().nullable().describe('Why it failed.'),
    businessDate: dateSchema,
    plannedAt: timeSchema,
    sentAt: timeSchema.nullable(),
    settledAt: timeSchema.nullable(),
  })
  .meta({ id: 'Transfer', description: "Money out, to the owner's own phone." });
export type TransferView = z.output<typeof transferSchema>;

export const transferQuerySchema = z.object({
  ...pageQuery,
  type: railSchema.optional(),
  rail: railSchema.optional().describe('The same as `type`.'),
});
export const transferPageSchema = pageOf(transferSchema).meta({ id: 'TransferPage' });

export const transferTraceSchema = z
  .object({
    transfer: transferSchema,
    evidence: z.array(evidenceSchema),
    entries: z.array(ledgerEntrySchema),
  })
  .meta({ id: 'TransferTrace' });
