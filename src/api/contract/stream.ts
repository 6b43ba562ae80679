import { z } from 'zod';

import {
  dateSchema,
  kesSchema,
  perRail,
  railSchema,
  referenceSchema,
  timeSchema,
} from './words.ts';

export const streamDaysShown = 28;

const takingsSchema = z.object({ amount: kesSchema, payments: z.int() });
const bandSchema = z.object({ low: kesSchema, high: kesSchema });

export const streamListSchema = z
  .object({
    date: dateSchema,
    cycle: z.object({
      hours: z.int(),
      over: z.int().describe('How many cycles of today are over.'),
      endsAt: timeSchema.describe('Of the one under way.'),
    }),
    payTo: perRail(
      z.object({ kind: z.enum(['paybill', 'till']), number: z.string() }).nullable(),
    ).describe('Where a payer pays by hand; null where there is no such number.'),
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        rail: railSchema.describe('Whose customers usually pay for it; any may.'),
        reference: referenceSchema,
        band: bandSchema.describe('Expected takings per cycle.'),
        expected: bandSchema.describe('What the cycles of today so far should have brought.'),
        state: z.enum(['below', 'within', 'above']).describe('Where today lies beside that.'),
        today: takingsSchema,
        week: takingsSchema.describe('Seven days up to and with today.'),
        month: takingsSchema.describe('Twenty-eight days up to and with today.'),
        days: z
          .array(kesSchema)
          .length(streamDaysShown)
          .describe('Takings of each of these days, oldest first; confirmed money alone.'),
      }),
    ),
  })
  .meta({ id: 'StreamList', description: 'What is sold, and what it took.' });
export type StreamListView = z.output<typeof streamListSchema>;
