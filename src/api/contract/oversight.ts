import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import { dateSchema, decimalSchema, idSchema, railSchema, timeSchema } from './words.ts';

/** What a person looks over: exceptions, proof, audit. */

export const exceptionStateSchema = z.enum(['open', 'resolved']);

export const exceptionSchema = z
  .object({
    id: idSchema('ex'),
    kind: z.string(),
    title: z.string(),
    state: exceptionStateSchema,
    rail: railSchema.nullable(),
    subject: z.string(),
    amountDecimal: decimalSchema.nullable(),
    detail: z.record(z.string(), z.unknown()),
    openedAt: timeSchema,
  })
  .meta({ id: 'Exception', description: 'What a person should look at.' });

export const exceptionQuerySchema = z.object({
  ...pageQuery,
  state: exceptionStateSchema.optional(),
});
export const exceptionPageSchema = pageOf(exceptionSchema).meta({ id: 'ExceptionPage' });

export const proofSchema = z
  .object({
    ok: z.boolean(),
    provedAt: timeSchema,
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
  })
  .meta({ id: 'Proof', description: 'Whether the books balance and every shilling has proof.' });

export const auditRecordSchema = z
  .object({
    id: idSchema('au'),
    recordedAt: timeSchema,
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    leaf: z.string().describe('The hash kept with it, hexadecimal.'),
  })
  .meta({ id: 'AuditRecord' });

export const auditQuerySchema = z.object({
  ...pageQuery,
  actor: z.enum(['master', 'cli', 'engine', 'payer', 'provider']).optional(),
  action: z.string().max(80).optional(),
  subject: z.string().max(200).optional(),
  from: dateSchema.optional(),
  to: dateSchema.optional().describe('This day included.'),
});
export const auditPageSchema = pageOf(auditRecordSchema).meta({ id: 'AuditPage' });
