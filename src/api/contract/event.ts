import { z } from 'zod';

import { decimalSchema, idSchema, kesSchema, perRail, timeSchema } from './words.ts';

/** News, as the event stream tells it. */

export const eventFormSchema = z
  .enum(['full', 'digest'], 'The forms are full (every event) and digest (for screens).')
  .default('full')
  .describe('`full` tells every event; `digest` sums up, a few times a second, for screens.');
export type EventForm = z.output<typeof eventFormSchema>;

export const eventQuerySchema = z.object({ form: eventFormSchema });

/** Something that is now true. */
export const eventSchema = z
  .object({
    id: idSchema('ev').describe('The same event may come twice; it then has the same id.'),
    topic: z.string(),
    occurredAt: timeSchema,
    payload: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Event' });
export type Event = z.output<typeof eventSchema>;

const confirmedSchema = z.object({
  payments: z.int(),
  amount: kesSchema,
  amountDecimal: decimalSchema,
});

export const digestSchema = z
  .object({
    from: timeSchema.describe('When the oldest event in it occurred.'),
    to: timeSchema.describe('When the newest event in it occurred.'),
    events: z.int().describe('How many events it sums up.'),
    topics: z.record(z.string(), z.int()).describe('How many of each topic.'),
    confirmed: perRail(confirmedSchema).describe(
      'What its `payment.confirmed` events tell of. What is taken back again comes under topics ' +
        'of its own and is not taken off here; the balance is in `status`.',
    ),
    newest: z.array(eventSchema).describe('The last events in full, in the order they came.'),
    omitted: z.int().describe('How many events are summed up but not in `newest`.'),
  })
  .meta({ id: 'EventDigest' });
export type Digest = z.output<typeof digestSchema>;
