import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import { allocationSchema, paymentSchema } from './payment.ts';
import { suggestionReasonSchema } from './suggestion-reason.ts';
import {
  decimalSchema,
  idSchema,
  moneyAskedSchema,
  phoneSchema,
  railSchema,
  reasonSchema,
  timeSchema,
} from './words.ts';

/** What a person should look at, and what can be done about it. */

export const exceptionStateSchema = z.enum(['open', 'resolved']);

export const fixKindSchema = z.enum([
  'match',
  'accept-short',
  'assign-stream',
  'assign-customer',
  'refund',
  'book-reversal',
  'keep',
  'dismiss',
]);

const allocationsMax = 40;

const matchSchema = z.object({
  kind: z.literal('match').describe('The money pays charges, each in full.'),
  allocations: z
    .array(
      z.object({
        chargeId: idSchema('ch'),
        amountDecimal: moneyAskedSchema
          .optional()
          .describe('As much as the charge lacks and the payment has, unless said.'),
        paymentId: idSchema('pay')
          .optional()
          .describe('Another payment that pays the charge together with this one.'),
      }),
    )
    .min(1)
    .max(allocationsMax),
  rest: z
    .enum(['stays', 'credit'])
    .default('stays')
    .describe('What is left stays where it lies, or is held for a customer.'),
  phone: phoneSchema.optional().describe("Whose credit the rest is; the payer's unless said."),
});

/** The same in both directions: a suggestion can be sent back as it is. */
export const fixSchema = z
  .discriminatedUnion('kind', [
    matchSchema,
    z.object({
      kind: z.literal('accept-short').describe('Less is enough: the charge counts as paid.'),
      chargeId: idSchema('ch').optional().describe('The one the payer named unless said.'),
    }),
    z.object({
      kind: z.literal('assign-stream').describe('Earned by a stream without a charge.'),
      stream: z.string().max(40),
    }),
    z.object({
      kind: z.literal('assign-customer').describe('Held for a customer.'),
      phone: phoneSchema.optional().describe("The payer's unless said."),
    }),
    z.object({
      kind: z.literal('refund').describe('Back to its payer. Cannot be undone once it is sent.'),
      part: z
        .enum(['whole', 'rest'])
        .default('whole')
        .describe('The whole payment, or what of it is not earned.'),
      by: z.enum(['reversal', 'payout']).optional().describe('As the rail allows unless said.'),
    }),
    z.object({
      kind: z
        .literal('book-reversal')
        .describe('Its provider gave it back, as a statement says: it counts no more.'),
    }),
    z.object({ kind: z.literal('keep').describe('Left as it is on purpose.') }),
    z.object({ kind: z.literal('dismiss').describe('Nothing is to be done.') }),
  ])
  .meta({ id: 'Fix', description: 'What to do about an exception.' });
export type FixAsked = z.output<typeof fixSchema>;

const whySchema = reasonSchema.min(1, 'Say why: it is kept with the fix.');

export const fixOrderSchema = z.object({
  fix: fixSchema,
  reason: whySchema,
  after: idSchema('fx')
    .optional()
    .describe('The fix that resolved the exception, to go on from it.'),
});

export const undoOrderSchema = z.object({ reason: whySchema });

export const suggestionSchema = z
  .object({
    fix: fixSchema,
    why: z.string().describe('The reason, in English.'),
    reason: suggestionReasonSchema,
  })
  .meta({ id: 'Suggestion', description: 'A fix that could be right. None applies itself.' });

export const exceptionSchema = z
  .object({
    id: idSchema('ex'),
    kind: z.string(),
    title: z.string(),
    why: z.string().describe('Why it matters.'),
    state: exceptionStateSchema,
    rail: railSchema.nullable(),
    subject: z.string(),
    amountDecimal: decimalSchema.nullable(),
    detail: z.record(z.string(), z.unknown()),
    openedAt: timeSchema,
    resolvedAt: timeSchema.nullable(),
    fixId: idSchema('fx').nullable().describe('The fix that resolved it.'),
    fixes: z.array(fixKindSchema).describe('What may be done about it.'),
    suggestions: z.array(suggestionSchema).describe('The likeliest first.'),
  })
  .meta({ id: 'Exception', description: 'What a person should look at.' });

export const exceptionQuerySchema = z.object({
  ...pageQuery,
  state: exceptionStateSchema.optional(),
});
export const exceptionPageSchema = pageOf(exceptionSchema).meta({ id: 'ExceptionPage' });

export const appliedFixSchema = z
  .object({
    id: idSchema('fx'),
    exceptionId: idSchema('ex'),
    kind: z.string().describe('A kind of fix, `undo`, or `refund-failed`.'),
    reason: z.string(),
    appliedBy: z.string(),
    appliedAt: timeSchema,
    transferId: idSchema('tr').nullable().describe('The refund it asked for.'),
    undoes: idSchema('fx').nullable(),
    undoneBy: idSchema('fx').nullable(),
  })
  .meta({ id: 'AppliedFix', description: 'A decision about an exception, as it is kept.' });

export const exceptionTraceSchema = z
  .object({
    exception: exceptionSchema,
    payment: paymentSchema.nullable(),
    allocations: z.array(allocationSchema),
    history: z.array(appliedFixSchema).describe('Oldest first.'),
  })
  .meta({
    id: 'ExceptionTrace',
    description: 'An exception with its money and all done about it.',
  });

export const fixAnswerSchema = exceptionTraceSchema
  .extend({ fix: appliedFixSchema })
  .meta({ id: 'FixAnswer', description: 'What was done, and how things stand since.' });
