import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import { evidenceSchema, ledgerEntrySchema } from './payment.ts';
import { sweepDecisionSchema } from './status.ts';
import {
  amountAskedSchema,
  dateSchema,
  decimalSchema,
  idSchema,
  kesSchema,
  maskedPhoneSchema,
  railSchema,
  reasonSchema,
  textSchema,
  timeSchema,
} from './words.ts';

export const transferStateSchema = z.enum([
  'planned',
  'approved',
  'sending',
  'sent',
  'completed',
  'failed',
  'unknown',
  'reversed',
  'cancelled',
]);

export const transferOrderSchema = z
  .object({
    type: railSchema,
    amount: amountAskedSchema,
    reason: reasonSchema.optional(),
    payee: idSchema('pe').optional().describe('Without it: the configured number.'),
  })
  .meta({ id: 'TransferOrder', examples: [{ type: 'mpesa', amount: 2000, reason: 'Rent' }] });

export const transferKindSchema = z.enum(['auto', 'manual', 'test', 'refund', 'top-up']);

const explanationSchema = z
  .object({
    code: z.string(),
    known: z.boolean().describe('False where the code is in no table of ours.'),
    class: z.enum(['done', 'final', 'pending', 'retryable', 'unknown', 'our-fault']),
    meaning: z.string(),
    advice: z.string(),
  })
  .meta({ id: 'CodeExplanation' });

export const transferSchema = z
  .object({
    id: idSchema('tr'),
    type: railSchema,
    rail: railSchema.describe('The same as `type`.'),
    kind: transferKindSchema,
    state: transferStateSchema,
    amount: kesSchema,
    amountDecimal: decimalSchema,
    feeDecimal: decimalSchema.nullable().describe('Null until the provider has charged it.'),
    expectedFeeDecimal: decimalSchema
      .nullable()
      .describe('By the tariff; null once the transfer has ended.'),
    currency: z.literal('KES'),
    payoutNumber: maskedPhoneSchema
      .nullable()
      .describe('Null where the provider knows by itself where it goes.'),
    payeeId: idSchema('pe').nullable(),
    refund: z
      .object({
        paymentId: idSchema('pay'),
        receipt: z.string().describe('Of the payment that goes back.'),
        by: z.enum(['reversal', 'payout']),
      })
      .nullable(),
    receipt: z
      .string()
      .nullable()
      .describe('Null for a test as well: whoever holds the phone reads it there.'),
    providerRequestId: z.string().nullable(),
    why: z.string(),
    requestedBy: z.string(),
    code: z.string().nullable().describe("The provider's own code."),
    description: z.string().nullable().describe("The provider's own words."),
    reason: z.string().nullable().describe('Why it failed.'),
    explanation: explanationSchema.nullable().describe('What the code means, and what to do.'),
    settledBy: z
      .string()
      .nullable()
      .describe('The person who settled it, while no provider has spoken.'),
    businessDate: dateSchema,
    plannedAt: timeSchema,
    sentAt: timeSchema.nullable(),
    settledAt: timeSchema.nullable(),
  })
  .meta({ id: 'Transfer', description: 'Money out of a wallet, or into it from another.' });
export type TransferView = z.output<typeof transferSchema>;

export const transferQuerySchema = z.object({
  ...pageQuery,
  type: railSchema.optional(),
  rail: railSchema.optional().describe('The same as `type`.'),
  state: transferStateSchema.optional(),
  kind: transferKindSchema
    .optional()
    .describe('By state or kind, a page may have fewer than `limit` and still be followed.'),
});
export const transferPageSchema = pageOf(transferSchema).meta({ id: 'TransferPage' });

export const transferTraceSchema = z
  .object({
    transfer: transferSchema,
    evidence: z.array(evidenceSchema),
    entries: z.array(ledgerEntrySchema),
  })
  .meta({ id: 'TransferTrace' });

export const topUpOrderSchema = z
  .object({ type: railSchema, amount: amountAskedSchema, reason: reasonSchema.optional() })
  .meta({ id: 'TopUpOrder', examples: [{ type: 'mpesa', amount: 5000, reason: 'Friday' }] });

export const previewQuerySchema = z.object({
  type: railSchema,
  amount: z
    .string()
    .regex(/^\d{1,12}$/, 'An amount is a whole number of shillings.')
    .transform(Number)
    .pipe(amountAskedSchema),
  kind: z.enum(['manual', 'auto', 'top-up']).default('manual'),
  payee: idSchema('pe').optional().describe('Without it: the configured number.'),
});

const walletSchema = z.object({
  account: z.string().describe('As the provider calls it.'),
  availableDecimal: decimalSchema,
  reportedAt: timeSchema,
  stale: z.boolean().describe('Too old to decide by.'),
});

export const transferPreviewSchema = z
  .object({
    type: railSchema,
    kind: z.enum(['manual', 'auto', 'top-up']),
    amount: kesSchema,
    feeDecimal: decimalSchema.nullable().describe('Null where no tariff is known.'),
    books: z
      .object({
        walletDecimal: decimalSchema.describe('In the wallet by the books.'),
        suspenseDecimal: decimalSchema.describe('Of that: nobody knows whose.'),
        customerCreditDecimal: decimalSchema.describe('Of that: held for customers.'),
        reserveDecimal: decimalSchema.describe('Of that: never sent.'),
        inFlightDecimal: decimalSchema.describe('Set aside for transfers under way.'),
        afterDecimal: decimalSchema.describe('In the wallet after this transfer.'),
      })
      .describe('Zero is known, not missing.'),
    payoutWallet: walletSchema.nullable().describe("The provider's last word; null without one."),
    workingWallet: walletSchema.nullable(),
    walletPoll: z
      .object({
        askedAt: timeSchema,
        answeredAt: timeSchema.nullable(),
        refusals: z.int().describe('In a row; each makes the next question wait longer.'),
        code: z.string().nullable().describe("The provider's own, of the last refusal."),
        nextAt: timeSchema.describe('Not asked again before.'),
      })
      .nullable()
      .describe('How asking for the wallets has gone; null before the first question.'),
    most: kesSchema
      .nullable()
      .describe('The most that one transfer could take there now; null where nobody can tell.'),
    coversNow: z.boolean().describe('By the books and by the wallet as last reported.'),
    forecast: z
      .object({ at: timeSchema, basisDays: z.int() })
      .nullable()
      .describe('When the usual takings by hour would cover it; null where nobody can tell.'),
    topUp: z
      .object({ from: z.string(), missingDecimal: decimalSchema })
      .nullable()
      .describe('Present where a top-up would cover it.'),
    refusals: z
      .array(z.object({ kind: z.string(), detail: z.string() }))
      .describe('What would be answered to the order now; the first one counts.'),
    sweep: sweepDecisionSchema.nullable().describe("For kind auto: what becomes of today's."),
  })
  .meta({ id: 'TransferPreview', description: 'Nothing is planned by asking.' });
export type TransferPreviewView = z.output<typeof transferPreviewSchema>;

export const cancellationOrderSchema = z
  .object({ reason: reasonSchema.optional() })
  .meta({ id: 'CancellationOrder', examples: [{ reason: 'The wrong amount' }] });

const statementLineSchema = textSchema(40)
  .min(1, 'The line is missing.')
  .meta({
    description:
      "Receipt of the provider's statement line that proves it: then there is no waiting.",
    examples: ['TKN4XQ81ZB'],
  });

export const settlementOrderSchema = z
  .discriminatedUnion('end', [
    z.object({
      end: z.literal('completed'),
      receipt: textSchema(40).min(1, 'The receipt is missing.'),
      reason: reasonSchema,
      statementLine: statementLineSchema.optional(),
    }),
    z.object({
      end: z.literal('failed'),
      reason: reasonSchema,
      statementLine: statementLineSchema.optional(),
    }),
  ])
  .meta({
    id: 'SettlementOrder',
    examples: [{ end: 'failed', reason: 'Not on the statement of that day' }],
  });
