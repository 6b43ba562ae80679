import { z } from 'zod';

import { chargeSchema, promptSchema } from './charge.ts';
import { appliedFixSchema, exceptionStateSchema } from './exception.ts';
import { allocationSchema, evidenceSchema, ledgerEntrySchema, paymentSchema } from './payment.ts';
import { transferSchema } from './transfer.ts';
import { decimalSchema, idSchema, timeSchema } from './words.ts';

export const paymentTraceSchema = z
  .object({
    payment: paymentSchema,
    allocations: z.array(allocationSchema),
    charge: chargeSchema.nullable(),
    prompts: z.array(promptSchema),
    evidence: z.array(evidenceSchema),
    entries: z.array(ledgerEntrySchema),
    exceptions: z
      .array(
        z.object({
          id: idSchema('ex'),
          kind: z.string(),
          title: z.string(),
          state: exceptionStateSchema,
          openedAt: timeSchema,
        }),
      )
      .describe('What a person should look at, or has, about this payment.'),
    fixes: z.array(appliedFixSchema).describe('What was done about it, oldest first.'),
    refund: transferSchema.nullable().describe('The transfer that gives it back.'),
    reversal: z
      .object({ receipt: z.string(), amountDecimal: decimalSchema, reversedAt: timeSchema })
      .nullable()
      .describe('How its provider gave it back by itself, by a statement.'),
  })
  .meta({ id: 'PaymentTrace', description: 'The way of one shilling, from bill to books.' });
