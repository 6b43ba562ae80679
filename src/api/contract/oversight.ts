import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import { dateSchema, idSchema, timeSchema } from './words.ts';

/** What a person looks over: proof, audit. */

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
