import type { EpochMs } from '#kernel';

import { collectionCodes as codes, collectionTexts, esb } from './codes.ts';
import type { Collection, CollectionBook, CollectionStatus } from './collection-book.ts';
import type { CollectionRequest } from './collection-rules.ts';
import { type Context, happens, within } from './context.ts';
import { type Answer, envelopeA, refusalA, statusNotFetched } from './envelopes.ts';
import type { Phones } from './phones.ts';
import type { Schedule } from './schedule.ts';

export interface Collections {
  /** `promptAtOnce` is for answers that wait for their callback. */
  accept(request: CollectionRequest, promptAtOnce: boolean): Answer;
  enquire(ownId: string): Answer;
}

export interface CollectionParts {
  readonly context: Context;
  readonly book: CollectionBook;
  readonly phones: Phones;
  readonly schedule: Schedule;
  readonly isIdTaken: (ownId: string) => boolean;
}

// Sheet §6.2 (documented).
const acceptedAnswer = (ownId: string): Answer =>
  envelopeA(
    { message: 'SUCCESS', result: esb.success, response: codes.inProcess, success: true },
    { data: { transaction: { id: ownId, status: 'SUCCESS' } } },
  );

// Sheet §6.3, observed: HTTP 200, "ambiguous" beside the code that decides.
const duplicateAnswer: Answer = {
  httpStatus: 200,
  body: {
    status: {
      response_code: codes.ambiguous,
      code: '500',
      success: false,
      result_code: esb.duplicate,
      message: 'External Transaction ID already exists.',
    },
  },
};

// Sheet §6.3 (documented); the result code beside it is assumed.
const unknownMsisdnAnswer = refusalA(
  { message: 'Msisdn Not Found', result: esb.failed, response: codes.pinNotEntered },
  400,
);

// Sheet §7 (documented codes; HTTP 200 assumed).
const notFoundAnswer = refusalA({
  message: 'Transaction not found',
  result: esb.notFound,
  response: codes.notFound,
});

/** Beside TS and TIP documented, the others assumed. */
const resultOf: Readonly<Record<CollectionStatus, string>> = {
  TS: esb.success,
  TIP: esb.success,
  TA: esb.somethingWrong,
  TF: esb.failed,
  TE: esb.failed,
};

type Enquired = Pick<Collection, 'ownId' | 'status' | 'code' | 'airtelId'>;

/** Sheet §7: `success:false` and …1006 beside a TS are as in the portal's samples. */
function enquiryAnswer({ ownId, status, code, airtelId }: Enquired, odd: boolean): Answer {
  const isFailed = status === 'TF' || status === 'TE';
  const transaction = {
    ...(status === 'TS' ? { airtel_money_id: airtelId } : {}),
    id: ownId,
    message: collectionTexts[code] ?? 'failed',
    status,
  };
  return envelopeA(
    {
      message: isFailed ? 'FAILED' : 'SUCCESS',
      result: resultOf[status],
      response: status === 'TS' && odd ? codes.inProcess : code,
      success: status === 'TS' ? !odd : status === 'TIP',
    },
    { data: { transaction } },
  );
}

/** The request and the enquiry of a collection; what happens between them is in `outcomes.ts`. */
export function createCollections(parts: CollectionParts): Collections {
  const { context, book, phones, schedule } = parts;
  const { clock, config, store } = context;

  const isTooEarly = (acceptedAt: EpochMs): boolean =>
    clock.now() - acceptedAt < context.knobs().tooEarly.beforeMs;
  return {
    accept: (request, promptAtOnce) =>
      store.transact(() => {
        // No body comparison: the same id with another amount is just a duplicate (sheet §11.5).
        if (parts.isIdTaken(request.ownId)) return duplicateAnswer;
        if (phones.find(request.national)?.registered !== true) return unknownMsisdnAnswer;
        book.insert(request);
        const isAtOnce = promptAtOnce || happens(context, context.knobs().sameSecond);
        const delayMs = isAtOnce ? 0 : within(context, config.timings.promptDelayMs);
        const dueAt = clock.now() + delayMs;
        schedule.add({ kind: 'show-prompt', subject: request.ownId, dueAt });
        return acceptedAnswer(request.ownId);
      }),
    enquire: (ownId) => {
      const { tooEarly, oddSuccessFlag, queryNoise } = context.knobs();
      if (happens(context, queryNoise)) return statusNotFetched;
      const found = book.find(ownId);
      if (found === undefined) return notFoundAnswer;
      if (!isTooEarly(found.acceptedAt)) return enquiryAnswer(found, oddSuccessFlag);
      if (tooEarly.answer === 'not-found') return notFoundAnswer;
      return enquiryAnswer({ ...found, status: 'TIP', code: codes.inProcess }, oddSuccessFlag);
    },
  };
}
