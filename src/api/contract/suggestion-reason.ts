import { z } from 'zod';

import { decimalSchema, referenceSchema } from './words.ts';

/** Why a fix is suggested: facts, for whoever says it in other words than `why`. */

const accountReferenceSchema = z.string().describe('What was typed as account number.');
const leftSchema = decimalSchema.describe('What of the payment is left over.');
const waivedSchema = decimalSchema.describe('What the charge lacks and would be let go.');

export const suggestionReasonSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z
        .literal('named-charge-left-over')
        .describe('The payer named the charge, and paid all of it or more.'),
      reference: referenceSchema,
      leftDecimal: leftSchema,
    }),
    z.object({
      kind: z
        .literal('named-charge-short')
        .describe('The payer named the charge, and paid nearly all of it.'),
      reference: referenceSchema,
      waivedDecimal: waivedSchema,
    }),
    z.object({
      kind: z
        .literal('named-charge-together')
        .describe('Two payments named the charge, and are together what it asks for.'),
      reference: referenceSchema,
      receipt: z.string().describe('Of the other payment.'),
    }),
    z.object({
      kind: z
        .literal('near-reference')
        .describe('What was typed is one slip away from the charge, and the amount is the same.'),
      accountReference: accountReferenceSchema,
      reference: referenceSchema,
    }),
    z.object({
      kind: z
        .literal('near-reference-left-over')
        .describe('What was typed is one slip away from the charge, and more was paid.'),
      accountReference: accountReferenceSchema,
      reference: referenceSchema,
      leftDecimal: leftSchema,
    }),
    z.object({
      kind: z
        .literal('near-reference-short')
        .describe('What was typed is one slip away from the charge, nearly all of it was paid.'),
      accountReference: accountReferenceSchema,
      reference: referenceSchema,
      waivedDecimal: waivedSchema,
    }),
    z.object({
      kind: z.literal('same-phone').describe('The phone that paid owes exactly this much.'),
      reference: referenceSchema,
    }),
    z.object({
      kind: z
        .literal('same-phone-together')
        .describe('Of all that the phone owes, only these charges together make the amount.'),
      references: z.array(referenceSchema),
    }),
    z.object({
      kind: z
        .literal('alike-phone')
        .describe("The only charge of this amount for a phone that looks like the payer's."),
      reference: referenceSchema,
    }),
    z.object({ kind: z.literal('paid-before').describe('What was named was paid before.') }),
    z.object({ kind: z.literal('purpose-unknown').describe('Nobody may know what it was for.') }),
    z.object({
      kind: z.literal('payer-known').describe('It can be held for a later charge of the phone.'),
    }),
    z.object({
      kind: z.literal('earned-late').describe('It is earned; the customer may not know it.'),
    }),
    z.object({
      kind: z.literal('nothing-booked').describe('Nothing was booked; the callback is kept.'),
    }),
    z.object({
      kind: z.literal('still-counted').describe('It is counted although the payer has it again.'),
    }),
    z.object({
      kind: z
        .literal('refunded-as-well')
        .describe('Its provider gave it back, and a refund has paid it as well.'),
    }),
    z.object({
      kind: z
        .literal('counted-no-more')
        .describe('It counts no more; what was delivered is to be settled with the payer.'),
    }),
  ])
  .meta({
    id: 'SuggestionReason',
    description:
      'Why a fix is suggested, as facts. More kinds may come: `why` says each of them in English.',
  });
export type ReasonView = z.output<typeof suggestionReasonSchema>;
