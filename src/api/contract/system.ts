import { z } from 'zod';

import { weatherSchema } from './weather.ts';
import { timeSchema } from './words.ts';

/** What the engine stands on, and what is handed to whoever helps. */

const bytesSchema = z.int().min(0).describe('Bytes.');

/** `look`: it works, and somebody should look at it soon. `broken`: it does not work. */
export const verdictSchema = z.enum(['ok', 'look', 'broken']);
export type Verdict = z.output<typeof verdictSchema>;

const diskSchema = z.object({
  verdict: verdictSchema,
  name: z.enum(['data', 'logs']),
  folder: z.string().describe("Below the installation's folder."),
  freeBytes: bytesSchema.nullable(),
  totalBytes: bytesSchema.nullable(),
});

const cycleSchema = z.object({
  verdict: verdictSchema,
  kind: z.enum(['revenue', 'transfer-check', 'proof']),
  everyMs: z.int(),
  startedAt: timeSchema.nullable().describe('Null: it has not run yet.'),
  finishedAt: timeSchema.nullable(),
});

const proofRunSchema = z.object({
  verdict: verdictSchema,
  provedAt: timeSchema.nullable().describe('Null: no nightly proof has ended yet.'),
  checks: z.int().nullable(),
  failed: z.array(z.string()).describe('Names of the checks that did not hold.'),
});

const partsSchema = z.object({
  verdict: verdictSchema.describe('The worst of all.'),
  engine: z.object({
    verdict: verdictSchema.describe('`look` while nothing goes out because somebody stopped it.'),
    version: z.string(),
    node: z.string(),
    platform: z.string(),
    mode: z.enum(['sandbox', 'live']),
    running: z.boolean().nullable().describe('Null while the database is away.'),
    startedAt: timeSchema,
  }),
  memory: z.object({
    verdict: verdictSchema,
    ownBytes: bytesSchema,
    freeBytes: bytesSchema,
    totalBytes: bytesSchema,
  }),
  database: z.object({
    verdict: verdictSchema,
    state: z.enum(['up', 'away']),
    kind: z.enum(['embedded', 'server']),
    version: z.string().nullable(),
    sizeBytes: bytesSchema.nullable(),
  }),
  intake: z.object({
    verdict: verdictSchema,
    spooled: z.int().describe('Callbacks kept on disk until the database is back.'),
    queued: z.int().describe('Callbacks waiting for their commit.'),
    spoolNearlyFull: z.boolean(),
  }),
  disks: z.array(diskSchema),
  log: z.object({ verdict: verdictSchema, file: z.string(), sizeBytes: bytesSchema.nullable() }),
  cycles: z.array(cycleSchema),
  proof: proofRunSchema.describe('What the last nightly proof of the books came to.'),
  streams: z.object({ verdict: verdictSchema, open: z.int(), max: z.int() }),
  screen: z.object({ builtAt: timeSchema.nullable() }),
});

export const systemSchema = z
  .object({
    lookedAt: timeSchema,
    ...partsSchema.shape,
    support: z.object({
      whatsapp: z.string().nullable().describe('With its country, digits only.'),
      email: z.string().nullable(),
    }),
  })
  .meta({ id: 'System', description: 'What the engine stands on, and whether that is well.' });
export type SystemView = z.output<typeof systemSchema>;

/** Free of secrets, phone numbers, names of people and receipts. */
export const diagnosticsSchema = z
  .object({
    format: z.literal('qmoi-diagnostics/1'),
    madeAt: timeSchema,
    system: partsSchema,
    weather: weatherSchema,
    settings: z
      .array(z.object({ name: z.string(), isSet: z.boolean() }))
      .describe('Names only; no value of any setting.'),
    log: z.array(z.record(z.string(), z.unknown())).describe('The newest lines, redacted.'),
  })
  .meta({
    id: 'Diagnostics',
    description: 'Everything that helps to find a fault, redacted, to be sent to support.',
  });
export type DiagnosticsView = z.output<typeof diagnosticsSchema>;
