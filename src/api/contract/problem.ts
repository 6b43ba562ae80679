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
  'fallback-without-act': 'Another rail was named without an act of the payer',
  'fallback-on-same-rail': 'The other rail is the same one',
  'no-payment-code': 'There is no code to pay by',
  'payment-code-failed': 'The provider drew no code',
  'consent-in-the-future': 'Consent lies in the future',
  'engine-stopped': 'The engine is stopped',
  'rail-not-configured': 'The rail is not set up',
  'rail-not-set-up': 'The rail is not set up',
  'no-payout-number': 'There is no number to send to',
  'over-daily-limit': 'The daily limit of the rail would be passed',
  'balance-too-low': 'The wallet cannot spare the amount',
  'rail-cannot-refund': 'The rail cannot give payments back',
  'rail-cannot-top-up': 'The rail has no wallet to top up from',
  'payee-not-found': 'There is no such number on the list',
  'number-not-confirmed': 'The number is not confirmed',
  'payment-not-found': 'There is no such payment',
  'refund-exists': 'The payment is given back already',
  'more-than-the-payment': 'More would be given back than was paid',
  'not-the-whole-payment': 'Only the whole payment can be given back in this way',
  'not-the-payers-number': 'The number is not that of the payer',
  'top-up-under-way': 'Another top-up is under way',
  'working-wallet-too-low': 'The working wallet lacks the amount',
  'already-confirmed': 'The number is confirmed already',
  'test-under-way': 'A test is under way',
  'test-unanswered': 'A test waits for its receipt',
  'no-test-yet': 'No test was sent to the number',
  'test-not-arrived': 'The test has not arrived',
  'test-expired': 'The test is too old',
  'too-many-tries': 'The receipt was wrong too often',
  'wrong-receipt': 'The receipt is not that of the test',
  'transfer-not-found': 'There is no such transfer',
  'settled-by-provider': 'The provider has said what became of the transfer',
  'still-asking': 'The provider is still being asked',
  'may-still-answer': 'The provider may still answer',
  'receipt-of-another': 'The receipt belongs to another transfer',
  'amount-not-above-zero': 'The amount is not above zero',
  'amount-too-large': 'The amount is too large',
  'below-minimum': 'The target would lie below the minimum',
  'already-resolved': 'The exception was dealt with already',
  'fix-not-allowed': 'This fix does not suit the exception',
  'no-such-exception': 'There is no such exception',
  'no-such-payment': 'There is no such payment',
  'no-such-charge': 'There is no such charge',
  'refund-under-way': 'The payment is being refunded',
  'nothing-left': 'Nothing of the payment is left to place',
  'nothing-allocated': 'Nothing would be allocated',
  'too-many-allocations': 'Too many charges at once',
  'charge-already-paid': 'The charge is paid already',
  'other-customer': 'The money is held for another customer',
  'more-than-payment': 'The payment does not have that much',
  'charge-not-paid-in-full': 'The charge would not be paid in full',
  'more-than-charge': 'The charge would be paid too much',
  'not-short': 'The payment is not short of the charge',
  'payer-not-known': 'The number of the payer is not known',
  'partly-earned': 'A part of the payment is earned',
  'several-streams': 'Several streams earned of the payment',
  'only-whole-is-reversed': 'Only a whole payment is reversed',
  'rail-cannot-reverse': 'The rail cannot reverse payments',
  'refund-refused': 'The refund was refused',
  'nothing-to-undo': 'There is nothing to undo',
  'refund-cannot-be-undone': 'A refund cannot be undone',
  'built-upon': 'Later fixes rest on this one',
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
