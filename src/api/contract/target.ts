import { z } from 'zod';

import { amountAskedSchema, dateSchema, kesSchema, perTarget, targetTypeSchema } from './words.ts';

export const targetOrderSchema = z
  .object({ type: targetTypeSchema, amount: amountAskedSchema })
  .meta({ id: 'TargetOrder', examples: [{ type: 'mpesa', amount: 12000 }] });

export const targetAnswerSchema = z
  .object({
    type: targetTypeSchema,
    amount: kesSchema,
    notes: z.array(z.string()).describe('What a person should know about the targets together.'),
  })
  .meta({ id: 'TargetAnswer' });

export const resetAnswerSchema = z
  .object({
    businessDate: dateSchema,
    closed: perTarget(kesSchema).describe('What the counters had. The books are untouched.'),
  })
  .meta({ id: 'ResetAnswer' });
