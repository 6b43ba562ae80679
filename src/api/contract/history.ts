import { z } from 'zod';

import { dateSchema, kesSchema, perTarget } from './words.ts';

export const historyDaysMax = 92;
const historyDaysUsual = 28;

export const historyQuerySchema = z.object({
  date: dateSchema.optional().describe('The day to look at; today unless said.'),
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(historyDaysMax, `At most ${historyDaysMax} days at once.`)
    .default(historyDaysUsual)
    .describe('How many days, up to and with that day.'),
});

const growthSchema = z.object({
  now: kesSchema,
  before: kesSchema,
  share: z
    .number()
    .nullable()
    .describe('0.1 is a tenth more; null where there was nothing to compare with.'),
});

export const historySchema = z
  .object({
    date: dateSchema,
    hours: z
      .array(z.object({ mpesa: kesSchema, airtel: kesSchema }))
      .length(24)
      .describe('Confirmed in each hour of the day in Nairobi, from midnight.'),
    compared: z.object({
      date: dateSchema.describe('The same weekday of the week before.'),
      known: z.boolean().describe('False where the books do not go back that far.'),
      untilHour: z.int().describe('Both days are compared up to this hour, 0 to 24.'),
      hours: z.array(kesSchema).length(24).describe('Of both rails together.'),
      growth: perTarget(growthSchema),
    }),
    days: z
      .array(z.object({ date: dateSchema, payments: z.int(), ...perTarget(kesSchema).shape }))
      .describe('Oldest first, from the first day that has figures; whole shillings.'),
  })
  .meta({ id: 'RevenueHistory', description: 'Confirmed takings by hour and by day.' });
export type HistoryView = z.output<typeof historySchema>;
