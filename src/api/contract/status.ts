import { z } from 'zod';

import { railSkySchema } from './weather.ts';
import {
  kesSchema,
  maskedPhoneSchema,
  perRail,
  perTarget,
  railSchema,
  reasonSchema,
  timeSchema,
} from './words.ts';

export const engineStatusSchema = z.enum(['running', 'stopped']);

const paceSchema = z.object({
  state: z.enum(['ahead', 'on-pace', 'behind']),
  expected: kesSchema.describe('What a usual day that reaches the target would have by now.'),
  ahead: kesSchema.describe('Below zero when behind.'),
});

const streamSchema = z.object({
  id: z.string(),
  name: z.string(),
  rail: railSchema,
  today: kesSchema,
  payments: z.int(),
  band: z.object({ low: kesSchema, high: kesSchema }).describe('Expected takings per cycle.'),
  state: z
    .enum(['below', 'within', 'above'])
    .describe("Where today's takings lie beside the band of the cycles so far."),
});

export const holdReasonSchema = z.enum([
  'switched-off',
  'no-payout-number',
  'number-not-confirmed',
  'engine-stopped',
  'done-today',
  'cancelled-today',
  'credentials-refused',
  'failed-too-often',
  'number-cooling',
  'combined-cap',
  'daily-limit',
  'trigger-not-reached',
  'reserve',
  'cap-out-of-range',
  'quiet-hours',
  'float-low',
]);

export const sweepDecisionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('send'), amount: kesSchema }),
  z.object({
    kind: z.literal('hold'),
    why: holdReasonSchema,
    until: timeSchema.optional().describe('When it ends by itself, where that is known.'),
  }),
]);

const outlookSchema = z.object({
  sweptToday: z.boolean(),
  next: sweepDecisionSchema,
  payoutNumber: maskedPhoneSchema.nullable(),
  cap: kesSchema.describe('What is sent a day.'),
  trigger: kesSchema.describe('What the day must have earned first.'),
  reserve: kesSchema.describe('What stays in the wallet.'),
});

const cycleSchema = z.object({
  kind: z.enum(['revenue', 'transfer-check', 'proof']),
  startedAt: timeSchema,
  finishedAt: timeSchema.nullable(),
});

export const statusSchema = z
  .object({
    status: engineStatusSchema,
    mode: z.enum(['sandbox', 'live']),
    businessName: z.string(),
    version: z.string(),
    startedAt: timeSchema,
    businessDate: z.string(),
    today: perTarget(kesSchema).describe('Confirmed since the counter was last started anew.'),
    total: perTarget(kesSchema).describe('Confirmed since the beginning.'),
    targets: z.object({ daily: perTarget(kesSchema), autoTransfer: perRail(kesSchema) }),
    minimum: perTarget(kesSchema),
    pace: perTarget(paceSchema),
    gap: perTarget(kesSchema).describe('What is missing to the target.'),
    paceBasis: z
      .enum(['history', 'usual-day'])
      .describe('Whose rhythm the pace follows: that of this business, or of a usual day.'),
    streams: z.array(streamSchema),
    transfers: perRail(outlookSchema.nullable()).describe('Null where the rail is not set up.'),
    engine: z.object({ since: timeSchema, reason: z.string(), changedBy: z.string() }),
    weather: perRail(railSkySchema.nullable()).describe('Null where the rail is not set up.'),
    health: z.object({
      database: z.enum(['up', 'away']),
      spooled: z.int().describe('Callbacks kept on disk until the database is back.'),
      queued: z.int().describe('Callbacks waiting for their commit.'),
      openExceptions: z.int(),
      spoolNearlyFull: z.boolean(),
    }),
    cycles: z.array(cycleSchema).describe('The last run of each cycle.'),
    simulators: perRail(z.object({ url: z.string() }).nullable()),
    updatedAt: timeSchema,
    stale: z.boolean().describe('True when the figures are those of `updatedAt`, not of now.'),
  })
  .meta({ id: 'Status', description: 'Everything a dashboard shows at a glance.' });
export type Status = z.output<typeof statusSchema>;

export const switchOrderSchema = z
  .object({ reason: reasonSchema.optional() })
  .meta({ id: 'SwitchOrder', examples: [{ reason: 'Stock-taking' }] });

export const switchAnswerSchema = z
  .object({
    status: engineStatusSchema,
    changed: z.boolean().describe('False when it was in that position already.'),
    since: timeSchema,
    reason: z.string(),
    changedBy: z.string(),
  })
  .meta({ id: 'SwitchAnswer' });

export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    database: z.enum(['up', 'away']),
    version: z.string(),
  })
  .meta({ id: 'Health', examples: [{ status: 'ok', database: 'up', version: '1.0.0' }] });
