import { parseBusinessDate, parseMsisdn, railIds } from '#kernel';
import { z } from 'zod';

/** The words that several answers and questions are made of. */

export const railSchema = z.enum(railIds).describe('The payment rail.');
export const targetTypeSchema = z.enum([...railIds, 'combined']);
export type TargetType = z.output<typeof targetTypeSchema>;

/** Beyond this an order is a slip of the keyboard; no rail carries a thousandth of it. */
const amountMax = 1_000_000_000;

/** Money as people ask for it. Fractions are refused, never rounded. */
export const amountAskedSchema = z
  .int('An amount is a whole number of shillings, without decimals.')
  .min(1, 'An amount is at least KES 1.')
  .max(amountMax, 'An amount is at most KES 1,000,000,000.')
  .meta({ description: 'Whole KES.', examples: [1500] });

/** Money to the cent as people ask for it, where a part of a payment is meant. */
export const moneyAskedSchema = z
  .string()
  .regex(/^\d{1,10}(?:\.\d{1,2})?$/, 'An amount is written 300 or 300.50.')
  .meta({ description: 'KES, with cents where there are some.', examples: ['300.50'] });

/** Whole shillings, for progress figures; cents are cut off. */
export const kesSchema = z.int().describe('Whole KES.');

/** Money to the cent, as a decimal string, because binary fractions cannot hold it. */
export const decimalSchema = z
  .string()
  .regex(/^-?\d+\.\d{2}$/)
  .meta({ description: 'KES with cents, exact.', examples: ['1500.00'] });

export const timeSchema = z.iso.datetime().meta({ examples: ['2026-11-23T06:00:00.000Z'] });

/** Two letters and thirteen base-32 digits: `pay_…`. */
export const idSchema = (prefix: string) =>
  z
    .string()
    .regex(/^[a-z]+_[0-9A-HJKMNP-TV-Z]{13}$/)
    .describe(`An id that starts with ${prefix}_.`);

export const maskedPhoneSchema = z
  .string()
  .meta({ description: 'A phone number with its middle hidden.', examples: ['2547•••••149'] });

export const dateSchema = z
  .string()
  .refine((text) => parseBusinessDate(text).ok, 'A day is written YYYY-MM-DD.')
  .meta({ description: 'A business day in Nairobi.', examples: ['2026-11-23'] });

export const phoneSchema = z
  .string()
  .max(32)
  .refine((text) => parseMsisdn(text).ok, 'Not a Kenyan mobile number. Write it as 0712345678.')
  .meta({ description: 'A Kenyan mobile number.', examples: ['0712345678'] });

// Control characters print nothing and PostgreSQL cannot hold all of them.
const plainText = /^\P{Cc}*$/u;
// The audit log cannot forget, so what looks like a phone number never gets there.
const longNumber = /(?:\d[ .-]?){9}/;

export const textSchema = (lengthMax: number) =>
  z
    .string()
    .trim()
    .max(lengthMax, `At most ${lengthMax} characters.`)
    .regex(plainText, 'Control characters and line breaks are not taken.');

export const reasonSchema = textSchema(200)
  .refine((text) => !longNumber.test(text), 'Leave phone numbers out of it: it is kept for ever.')
  .meta({ description: 'Why, for the audit log.', examples: ['Month end'] });

export const referenceSchema = z
  .string()
  .meta({ description: 'What a payer types as account number.', examples: ['7K2M9QXD'] });

/** One of each, for what is set or counted per rail. */
export const perRail = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({ mpesa: schema, airtel: schema });

/** The same, with both together. */
export const perTarget = <Schema extends z.ZodType>(schema: Schema) =>
  z.object({ mpesa: schema, airtel: schema, combined: schema });
