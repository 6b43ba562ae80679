import { z } from 'zod';

/**
 * Every error the API answers with, by the last part of its `type`: stable, for programs. RFC 9457,
 * Problem Details for HTTP APIs.
 */
export const problemTitles = {
  'invalid-request': 'The request is not as described',
  'malformed-body': 'The body could not be read',
  'not-logged-in': 'A session is needed',
  'login-refused': 'The login was refused',
  'key-not-accepted': 'The key was not accepted',
  'foreign-origin': 'The request comes from another site',
  'not-found': 'There is nothing here',
  'method-not-allowed': 'This address does not take that method',
  'body-too-large': 'The body is too large',
  'content-type-not-taken': 'The content type is not taken',
  'too-many-requests': 'Too many requests',
  'too-many-listeners': 'Too many event streams are open',
  'key-used-for-other-input': 'The idempotency key was used for another request',
  'request-in-progress': 'The same request is being worked on',
  'database-away': 'The database cannot be reached',
  'callback-not-kept': 'The callback could not be kept',
  'engine-fault': 'The engine made a mistake',
  'unknown-stream': 'There is no such stream',
  'amount-not-whole-shillings': 'The amount is not in whole shillings',
  'amount-out-of-range': 'The amount is outside the range of the rail',
  'not-a-phone-number': 'The phone number is not a Kenyan mobile number',
  'consent-without-phone': 'Consent was recorded without a phone number',
  'consent-in-the-future': 'Consent lies in the future',
  'engine-stopped': 'The engine is stopped',
  'rail-not-configured': 'The rail is not set up',
  'rail-not-set-up': 'The rail is not set up',
  'no-payout-number': 'There is no number to send to',
  'over-daily-limit': 'The daily limit of the rail would be passed',
  'balance-too-low': 'The wallet cannot spare the amount',
  'amount-not-above-zero': 'The amount is not above zero',
  'amount-too-large': 'The amount is too large',
  'file-refused': 'The file cannot be read',
  'statement-locked': 'The statement is locked with a password',
  'no-statement': 'The file is no account statement',
  'statement-damaged': 'The statement is damaged',
  'foreign-short-code': 'The statement is of another business',
  'no-such-preview': 'There is no such preview',
  'below-minimum': 'The target would lie below the minimum',
} as const;
export type ProblemKind = keyof typeof problemTitles;

export const problemType = (kind: ProblemKind): string => `urn:qmoi:problem:${kind}`;

export const problemContentType = 'application/problem+json';

export const problemSchema = z
  .object({
    type: z.string().describe('`urn:qmoi:problem:` and the kind.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened and what mends it.'),
    instance: z.string().describe('Names this occurrence; the log has it too.'),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .describe('What is wrong with which member of the request.'),
  })
  .meta({
    id: 'Problem',
    description: 'An error, as RFC 9457 describes it.',
    examples: [
      {
        type: 'urn:qmoi:problem:engine-stopped',
        title: 'The engine is stopped',
        status: 409,
        detail: 'Nothing is sent while the engine is stopped. Start it and ask again.',
        instance: 'urn:qmoi:request:mzl0x1-4f',
      },
    ],
  });
export type Problem = z.output<typeof problemSchema>;
