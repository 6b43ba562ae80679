import { type Callbacks, createCallbacks } from './callbacks.ts';
import { type CollectionBook, createCollectionBook } from './collection-book.ts';
import { type Collections, createCollections } from './collections.ts';
import type { Context } from './context.ts';
import { createDisbursementBook } from './disbursement-book.ts';
import { createDisbursements, type Disbursements } from './disbursements.ts';
import { createJournal, type Journal } from './journal.ts';
import { createKeys, type Keys } from './keys.ts';
import { createLookups, type Lookups } from './lookups.ts';
import { createOutcomes } from './outcomes.ts';
import { createPhones, type Phones } from './phones.ts';
import { createPinGuard, type PinGuard } from './pin.ts';
import type { Post } from './post.ts';
import { createPrompts, type Prompts } from './prompts.ts';
import { createRefunds, type Refunds } from './refunds.ts';
import { createRequestLog, type RequestLog } from './request-log.ts';
import { createSchedule, type Schedule } from './schedule.ts';
import { createTokens, type Tokens } from './tokens.ts';

/** The simulator without its HTTP side. */
export interface Parts {
  readonly context: Context;
  readonly callbacks: Callbacks;
  readonly collectionBook: CollectionBook;
  readonly collections: Collections;
  readonly disbursements: Disbursements;
  readonly journal: Journal;
  readonly keys: Keys;
  readonly lookups: Lookups;
  readonly phones: Phones;
  readonly pinGuard: PinGuard;
  readonly prompts: Prompts;
  readonly refunds: Refunds;
  readonly requestLog: RequestLog;
  readonly schedule: Schedule;
  readonly tokens: Tokens;
}

/** Puts the parts together and takes up what was pending when the last process ended. */
export function createParts(context: Context, post: Post): Parts {
  const schedule = createSchedule(context);
  const journal = createJournal(context);
  const phones = createPhones(context, journal);
  const keys = createKeys(context);
  const pinGuard = createPinGuard(context, keys);
  const callbacks = createCallbacks({ context, schedule, post });
  const collectionBook = createCollectionBook(context);
  const disbursementBook = createDisbursementBook(context);
  // One space of own ids for both directions: unique "per merchant" (sheet §11.5, assumed).
  const isIdTaken = (ownId: string): boolean =>
    collectionBook.find(ownId) !== undefined || disbursementBook.find(ownId) !== undefined;
  const money = { context, journal, phones, schedule, callbacks };
  const outcomes = createOutcomes({ ...money, book: collectionBook });
  const prompts = createPrompts({ context, phones, schedule, book: collectionBook, outcomes });
  const disbursements = createDisbursements({
    ...money,
    book: disbursementBook,
    pinGuard,
    isIdTaken,
  });
  const refunds = createRefunds({ context, journal, schedule });
  schedule.start({
    'show-prompt': (subject) => prompts.show(subject),
    'act-on-prompt': (subject) => prompts.actAsScripted(subject),
    'end-prompt': (subject) => prompts.end(subject),
    'resolve-collection': (subject) => outcomes.resolve(subject),
    'settle-disbursement': (subject) => disbursements.settle(subject),
    'apply-refund': (subject) => refunds.applyLate(subject),
    'send-callback': (subject) => callbacks.send(subject),
  });
  return {
    context,
    callbacks,
    collectionBook,
    collections: createCollections({ ...money, book: collectionBook, isIdTaken }),
    disbursements,
    journal,
    keys,
    lookups: createLookups(context, { journal, phones }),
    phones,
    pinGuard,
    prompts,
    refunds,
    requestLog: createRequestLog(context),
    schedule,
    tokens: createTokens(context),
  };
}
