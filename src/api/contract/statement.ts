import { z } from 'zod';

import { pageOf, pageQuery } from './page.ts';
import { dateSchema, decimalSchema, idSchema, railSchema, timeSchema } from './words.ts';

/** Provider statements, and a day as books, events and statement have it. */

export const tallySchema = z
  .object({ count: z.int(), sumDecimal: decimalSchema })
  .meta({ id: 'Tally', description: 'How many, and what they come to.' });

const coverSchema = z
  .object({ from: timeSchema, to: timeSchema })
  .describe('The time of which statements surely tell everything.');

const statementFacts = {
  id: idSchema('st'),
  name: z.string(),
  kind: z.enum(['csv', 'xlsx', 'pdf']),
  rail: railSchema,
  account: z.string().describe('The wallet, by the provider’s name for it.'),
  shortCode: z.string().nullable(),
  cover: coverSchema.nullable(),
  openingDecimal: decimalSchema.nullable(),
  closingDecimal: decimalSchema.nullable(),
  lineCount: z.int().describe('Lines that moved money.'),
};

export const statementQuerySchema = z.object({
  rail: railSchema.optional().describe('Without it, whichever rail can read the file.'),
  name: z.string().max(300).default('statement').describe('What to call the file.'),
});

export const statementHeadersSchema = z.object({
  'x-statement-password': z
    .string()
    .max(600)
    .optional()
    .describe('Opens a locked PDF; percent-encoded UTF-8. Never in an address.'),
});

export const statementPreviewSchema = z
  .object({
    ...statementFacts,
    imported: z.boolean().describe('This very file is imported already: nothing would change.'),
    repeatedCount: z.int().describe('Lines that another statement has told of.'),
    incompleteCount: z.int().describe('Lines that moved no money.'),
    newPayments: tallySchema,
    knownPayments: tallySchema,
    otherPayments: tallySchema.describe('Booked with another amount.'),
    knownPayouts: tallySchema,
    settlingPayouts: tallySchema.describe('Proved to be transfers whose end was not known.'),
    reversedPayments: tallySchema.describe('Given back by the provider: they count no more.'),
    unmatchedPayouts: tallySchema.describe('A person has to say what they were.'),
    missingPayments: tallySchema.describe('In the books, and not on it although it should be.'),
    fees: tallySchema,
    topUps: tallySchema,
    others: tallySchema,
    remarks: z.array(z.string()),
  })
  .meta({ id: 'StatementPreview', description: 'What importing a statement would do.' });
export type StatementPreviewView = z.output<typeof statementPreviewSchema>;

export const statementParamsSchema = z.object({ id: z.string().max(40) });

export const statementSchema = z
  .object({
    ...statementFacts,
    state: z.enum(['booking', 'done']).describe('`booking`: commit it again to go on.'),
    linesDone: z.int(),
    linesNew: z.int().describe('Lines that no other statement had told of.'),
    paymentsBooked: z.int(),
    bookedDecimal: decimalSchema,
    paymentsKnown: z.int(),
    transfersSettled: z.int(),
    exceptionsOpened: z.int(),
    importedBy: z.string(),
    importedAt: timeSchema,
  })
  .meta({ id: 'Statement', description: 'An imported statement, and what it changed.' });
export type StatementView = z.output<typeof statementSchema>;

export const statementListQuerySchema = z.object({ ...pageQuery });
export const statementPageSchema = pageOf(statementSchema).meta({ id: 'StatementPage' });

const figuresSchema = z.object({
  payments: tallySchema,
  payouts: tallySchema,
  fees: tallySchema,
  refunds: tallySchema,
  topUps: tallySchema,
});

export const differenceSchema = z
  .object({
    kind: z.string(),
    weighs: z.boolean().describe('False where it is only worth knowing.'),
    advice: z.string(),
    receipt: z.string().nullable(),
    amountDecimal: decimalSchema.nullable(),
    otherDecimal: decimalSchema.nullable().describe('The other amount, where two differ.'),
    occurredAt: timeSchema.nullable(),
    inBooks: z.boolean(),
    inEvents: z.boolean(),
    onStatement: z.boolean(),
    line: z.string().nullable().describe('What kind of line the statement has.'),
    subject: z.string().nullable().describe('An id that can be traced.'),
    exceptionId: idSchema('ex').nullable().describe('What a person decides about it, if anything.'),
  })
  .meta({ id: 'Difference', description: 'What not all three have, or not alike.' });

const walletSchema = z.object({
  openingDecimal: decimalSchema.nullable(),
  closingDecimal: decimalSchema.nullable(),
});

export const reconciledDaySchema = z
  .object({
    rail: railSchema,
    businessDate: dateSchema,
    state: z.enum(['agrees', 'differs', 'no-statement']),
    account: z.string(),
    covers: z.array(coverSchema),
    whole: z.boolean().describe('Statements tell of the whole day.'),
    books: figuresSchema,
    events: figuresSchema.describe('Callbacks, lists, enquiries.'),
    statement: figuresSchema.nullable(),
    balances: z.object({
      statement: walletSchema,
      books: walletSchema,
      reported: z.object({ availableDecimal: decimalSchema, reportedAt: timeSchema }).nullable(),
    }),
    differences: z.array(differenceSchema),
    more: z.boolean().describe('There are more differences than are named.'),
  })
  .meta({ id: 'ReconciledDay', description: 'A day as all three have it.' });
export type ReconciledDayView = z.output<typeof reconciledDaySchema>;

export const reconciliationQuerySchema = z.object({
  date: dateSchema.optional().describe('Without it, yesterday.'),
  rail: railSchema.optional().describe('Without it, every rail that is set up.'),
});

export const reconciliationSchema = z
  .object({ businessDate: dateSchema, days: z.array(reconciledDaySchema) })
  .meta({ id: 'Reconciliation' });
export type ReconciliationView = z.output<typeof reconciliationSchema>;
