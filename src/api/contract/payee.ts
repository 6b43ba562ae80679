import { z } from 'zod';

import {
  idSchema,
  maskedPhoneSchema,
  phoneSchema,
  railSchema,
  textSchema,
  timeSchema,
} from './words.ts';

export const payeeOrderSchema = z
  .object({ type: railSchema, phone: phoneSchema, label: textSchema(60).min(1) })
  .meta({
    id: 'PayeeOrder',
    examples: [{ type: 'mpesa', phone: '0712345678', label: 'Shop phone' }],
  });

export const payeeConfirmationSchema = z
  .object({ receipt: textSchema(40).min(1) })
  .meta({ id: 'PayeeConfirmation', examples: [{ receipt: 'TKN4XQ81ZB' }] });

export const payeeSchema = z
  .object({
    id: idSchema('pe'),
    type: railSchema,
    number: maskedPhoneSchema,
    label: z.string(),
    state: z.enum(['unconfirmed', 'testing', 'confirmed', 'refused']),
    confirmed: z.boolean().describe('Whether money may go there.'),
    bySandbox: z
      .boolean()
      .describe('True where it counts as confirmed because there is no phone in the sandbox.'),
    active: z.boolean().describe('Sweeps of the rail go to it.'),
    coolingUntil: timeSchema.nullable().describe('Automatic transfers wait until then.'),
    warning: z.string().nullable().describe('The number looks like one of another network.'),
    testId: idSchema('tr').nullable(),
    addedBy: z.string(),
    addedAt: timeSchema,
    confirmedBy: z.string().nullable(),
    confirmedAt: timeSchema.nullable(),
  })
  .meta({ id: 'Payee', description: 'A number that money may go to, once it is confirmed.' });
export type PayeeView = z.output<typeof payeeSchema>;

export const payeeListSchema = z.object({ items: z.array(payeeSchema) }).meta({ id: 'PayeeList' });
