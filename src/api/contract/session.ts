import { z } from 'zod';

import { idSchema, timeSchema } from './words.ts';

const keyLengthMax = 512;
const keySchema = z.string().min(1).max(keyLengthMax).describe('The master key.');

export const loginOrderSchema = z.object({ key: keySchema }).meta({ id: 'LoginOrder' });

export const loginAnswerSchema = z
  .object({
    token: z.string().describe('Goes into the Authorization header: `Bearer …`.'),
    expiresAt: timeSchema,
  })
  .meta({ id: 'LoginAnswer' });

export const verifyOrderSchema = z.object({ key: keySchema.optional() }).meta({
  id: 'VerifyOrder',
  description: 'With the key, a fresh proof; without it, whether the session is still good.',
});

export const verifyAnswerSchema = z
  .object({
    valid: z.literal(true),
    actor: z.enum(['master', 'cli']),
    sessionId: idSchema('se').nullable(),
    expiresAt: timeSchema.nullable(),
    verifiedAt: timeSchema.nullable().describe('When the key was last shown within the session.'),
  })
  .meta({ id: 'VerifyAnswer' });

export const sessionSchema = z
  .object({
    id: idSchema('se'),
    source: z.string(),
    userAgent: z.string().nullable(),
    createdAt: timeSchema,
    lastSeenAt: timeSchema,
    expiresAt: timeSchema,
    verifiedAt: timeSchema.nullable(),
    current: z.boolean().describe('Whether it is the one that asks.'),
  })
  .meta({ id: 'Session' });

export const sessionListSchema = z
  .object({ items: z.array(sessionSchema) })
  .meta({ id: 'SessionList' });
