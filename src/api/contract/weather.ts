import { z } from 'zod';

import { railSchema, reasonSchema, timeSchema } from './words.ts';

/** How the providers do. */

export const skySchema = z
  .enum(['fair', 'changeable', 'stormy', 'closed', 'unknown'])
  .describe('Closed: calls are held back; unknown: there were none in the last hour.');

export const laneSchema = z.enum([
  'prompts',
  'money-out',
  'questions',
  'operator-questions',
  'extras',
]);

const operationSchema = z.enum([
  'prompt',
  'prompt-query',
  'payout',
  'payout-query',
  'balance',
  'list',
  'refund',
  'top-up',
  'lookup',
  'register',
  'code',
]);

const countsSchema = z.object({
  calls: z.int(),
  ok: z.int(),
  ourFault: z.int().describe('Refused for something that we have to mend.'),
  refused: z.int(),
  unknown: z.int().describe('No answer, or one that says nothing.'),
  unheard: z.int().describe('Of all these, calls the provider did not hear or did not answer.'),
  p50Ms: z.int().nullable().describe('Half of the calls took at most this long.'),
  p95Ms: z.int().nullable(),
});

const breakerSchema = z.object({
  lane: laneSchema,
  state: z.enum(['open', 'half-open']),
  cause: z.enum(['failing', 'locked-out']),
  code: z.string(),
  openedAt: timeSchema,
  until: timeSchema.nullable().describe('Null: until a person or other credentials close it.'),
});

export const railSkySchema = z
  .object({
    sky: skySchema,
    calls: z.int().describe('Since the start of the hour before this one.'),
    unheard: z.int(),
    worstCode: z.string().nullable(),
    meaning: z.string().nullable().describe('Of that code, in plain words.'),
    heldBack: z.array(breakerSchema),
    callbackShare: z
      .number()
      .nullable()
      .describe('Of the prompts of a day that ended: how many told it by callback, 0 to 1.'),
    callbackMedianMs: z.int().nullable(),
    passwordDaysLeft: z.int().nullable().describe("Until the operator's password runs out."),
  })
  .meta({ id: 'RailSky', description: 'How one provider does, in short.' });
export type RailSky = z.output<typeof railSkySchema>;

export const hoursMax = 24 * 35;

export const weatherQuerySchema = z.object({
  hours: z.coerce.number().int().min(1).max(hoursMax).default(24),
});

export const weatherSchema = z
  .object({
    rails: z.array(
      z.object({
        rail: railSchema,
        ...railSkySchema.shape,
        advice: z.string().nullable().describe('What to do about the worst code.'),
        lastHour: countsSchema.describe('Since the start of the hour before this one.'),
        lastDay: countsSchema,
      }),
    ),
    hours: z.array(
      z.object({
        hour: timeSchema,
        rail: railSchema,
        operation: operationSchema,
        ...countsSchema.shape,
        codes: z.record(z.string(), z.int()).describe("The provider's own, with how often."),
      }),
    ),
  })
  .meta({ id: 'Weather', description: 'What calls to the providers came to, newest hour first.' });
export type WeatherView = z.output<typeof weatherSchema>;

export const breakerOrderSchema = z
  .object({ rail: railSchema, reason: reasonSchema })
  .meta({ id: 'BreakerOrder', examples: [{ rail: 'mpesa', reason: 'Operator unlocked' }] });

export const breakerAnswerSchema = z
  .object({
    rail: railSchema,
    closed: z.int().describe('How many kinds of calls were held back.'),
  })
  .meta({ id: 'BreakerAnswer' });
