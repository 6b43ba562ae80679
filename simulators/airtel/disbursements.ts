import { decimalOf, invariant } from '#kernel';

import { nextAirtelId } from './airtel-ids.ts';
import type { Callbacks } from './callbacks.ts';
import { disbursementCodes as codes, disbursementTexts, esb } from './codes.ts';
import { type Context, happens, within } from './context.ts';
import type { Disbursement, DisbursementBook, DisbursementStatus } from './disbursement-book.ts';
import type { DisbursementRequest } from './disbursement-rules.ts';
import { type Answer, envelopeA, refusalA, statusNotFetched } from './envelopes.ts';
import { disbursementFeeOf } from './fees.ts';
import { type Journal, merchant, walletOf } from './journal.ts';
import type { Phones } from './phones.ts';
import type { PinGuard } from './pin.ts';
import { kenya } from './profile.ts';
import type { Schedule } from './schedule.ts';

export interface Disbursements {
  accept(request: DisbursementRequest): Answer;
  /** `type` is what the v2 enquiry names; the other versions name none. */
  enquire(ownId: string, type: string | undefined): Answer;
  /** Job: a disbursement that was in progress or ambiguous comes to its end. */
  settle(subject: string): void;
}

export interface DisbursementParts {
  readonly context: Context;
  readonly book: DisbursementBook;
  readonly journal: Journal;
  readonly phones: Phones;
  readonly schedule: Schedule;
  readonly callbacks: Callbacks;
  readonly pinGuard: PinGuard;
  readonly isIdTaken: (ownId: string) => boolean;
}

// Observed, sheet §10.6; v3's code documented, §18.17.
const duplicateAnswer = (version: DisbursementRequest['version']): Answer =>
  refusalA({
    message: 'Duplicate exttRID',
    result: '521050',
    response: version === 'v3' ? codes.duplicateV3 : codes.duplicate,
  });

// Observed code, sheet §10.6; words assumed.
const unknownMobileAnswer = refusalA({
  message: 'Invalid Mobile Number',
  result: esb.failed,
  response: codes.invalidMobile,
});

// Sheet §10.4; HTTP 200 assumed.
const notFoundAnswer = refusalA({
  message: 'Transaction not found',
  result: esb.notFound,
  response: codes.notFound,
});

/** 200 without `data` is no success: the client has to enquire (sheet §10.3). */
const withoutData = (response: string): Answer =>
  envelopeA({ message: 'Transaction in progress', result: esb.success, response, success: true });

export const createDisbursements = (parts: DisbursementParts): Disbursements => ({
  accept: (request) => parts.context.store.transact(() => accept(parts, request)),
  settle: (subject) => {
    const [end, ownId = ''] = subject.split(':');
    const found = parts.book.find(ownId);
    if (found?.status !== 'TIP' && found?.status !== 'TA') return;
    if (end === 'ts') settle(parts, found);
    else fail(parts, ownId, codes.failed);
  },
  enquire: (ownId, type) => {
    const { clock, knobs } = parts.context;
    const { tooEarly, queryNoise } = knobs();
    if (happens(parts.context, queryNoise)) return statusNotFetched;
    const found = parts.book.find(ownId);
    if (found === undefined || (type !== undefined && type !== found.type)) return notFoundAnswer;
    if (clock.now() - found.acceptedAt >= tooEarly.beforeMs) return enquiryAnswer(found);
    if (tooEarly.answer === 'not-found') return notFoundAnswer;
    return enquiryAnswer({ ...found, status: 'TIP', code: codes.inProcess });
  },
});

/** PIN, then id, then payee: the order is assumed. A refused request leaves its id unused. */
function accept(parts: DisbursementParts, request: DisbursementRequest): Answer {
  const { context, book, phones } = parts;
  const pinRefusal = parts.pinGuard.refusalOf(request.encryptedPin);
  if (pinRefusal !== undefined) return pinRefusal;
  if (parts.isIdTaken(request.ownId)) return duplicateAnswer(request.version);
  if (phones.find(request.national)?.registered !== true) return unknownMobileAnswer;
  book.insert(request);
  const { ambiguous, disbursementSync, disbursementNoData, sameSecond } = context.knobs();
  if (happens(context, ambiguous.rate)) return acceptAmbiguously(parts, request.ownId);
  if (disbursementSync) settle(parts, foundAgain(book, request.ownId));
  else
    settleLater(
      parts,
      `ts:${request.ownId}`,
      happens(context, sameSecond) ? 0 : within(context, context.config.timings.disbursementMs),
    );
  if (happens(context, disbursementNoData)) return withoutData(codes.inProcess);
  return acceptedAnswer(parts, foundAgain(book, request.ownId));
}

/** …1000 or …1014; what has really become of it shows `afterMs` later (sheet §18.20). */
function acceptAmbiguously(parts: DisbursementParts, ownId: string): Answer {
  const { prng, knobs } = parts.context;
  const { ambiguous } = knobs();
  const ends = ['ts', 'tf', 'never'] as const;
  const end = ambiguous.outcome === 'mixed' ? prng.pick(ends) : ambiguous.outcome;
  const code = prng.pick([codes.ambiguous, codes.timedOut]);
  parts.book.move(ownId, { status: 'TA', code });
  if (end !== 'never') settleLater(parts, `${end}:${ownId}`, ambiguous.afterMs);
  return withoutData(code);
}

function settleLater(
  { context, schedule }: DisbursementParts,
  subject: string,
  delayMs: number,
): void {
  const dueAt = context.clock.now() + delayMs;
  schedule.add({ kind: 'settle-disbursement', subject, dueAt });
}

function foundAgain(book: DisbursementBook, ownId: string): Disbursement {
  const found = book.find(ownId);
  invariant(found !== undefined, 'an accepted disbursement is written down');
  return found;
}

/** The code that stands against the payout, or nothing when it can go (sheet §11.3). */
function obstacleTo(
  parts: DisbursementParts,
  { national, amountMinor }: Disbursement,
): string | undefined {
  const { journal, phones } = parts;
  if (phones.find(national)?.barred !== false) return codes.invalidInitiatee;
  if (journal.balanceOf(walletOf(national)) + amountMinor > kenya.walletMaxMinor) {
    return codes.limitExceeded;
  }
  const needed = amountMinor + disbursementFeeOf(parts.context);
  return journal.balanceOf(merchant) < needed ? codes.insufficientFunds : undefined;
}

function settle(parts: DisbursementParts, payout: Disbursement): void {
  const { ownId, amountMinor, national, reference } = payout;
  const obstacle = obstacleTo(parts, payout);
  if (obstacle !== undefined) {
    fail(parts, ownId, obstacle);
    return;
  }
  const airtelId = nextAirtelId(parts.context, 'disbursement');
  parts.book.move(ownId, { status: 'TS', code: codes.success, airtelId });
  parts.journal.settle({
    kind: 'disbursement',
    ownId,
    airtelId,
    amountMinor,
    feeMinor: disbursementFeeOf(parts.context),
    national,
    reference,
  });
  if (!parts.context.knobs().disbursementCallbacks) return;
  const message = sentText(parts, { ...payout, airtelId });
  parts.callbacks.announce({ id: ownId, message, status_code: 'TS', airtel_money_id: airtelId });
}

function fail(parts: DisbursementParts, ownId: string, code: string): void {
  parts.book.move(ownId, { status: 'TF', code });
  const message = disbursementTexts[code] ?? 'Transaction failed';
  if (!parts.context.knobs().disbursementCallbacks) return;
  parts.callbacks.announce({ id: ownId, message, status_code: 'TF' });
}

/** Observed, sheet §10.3, down to the missing blank before "Com". */
function sentText(parts: DisbursementParts, payout: Disbursement): string {
  const { currency } = kenya;
  const name = parts.phones.find(payout.national)?.name ?? '';
  const amount = decimalOf(payout.amountMinor);
  const balance = decimalOf(parts.journal.balanceOf(merchant));
  const fee = parts.context.config.disbursementFeeShillings;
  return (
    `You have sent ${currency} ${amount} to ${payout.national} ${name}. ` +
    `Bal ${currency} ${balance}.Com ${currency} ${fee} TID: ${payout.airtelId}`
  );
}

/** Sheet §10.3: here `airtel_money_id` is the gateway's, `reference_id` the wallet's own id. */
function acceptedAnswer(parts: DisbursementParts, payout: Disbursement): Answer {
  const { status, code, ownId, airtelId, version } = payout;
  const isSent = status === 'TS';
  const text = disbursementTexts[code] ?? 'Transaction failed';
  const transaction = {
    ...(isSent ? { reference_id: airtelId } : {}),
    airtel_money_id: `disbursement-${parts.context.config.partner}-${ownId}`,
    id: ownId,
    status,
    ...(version === 'v3' ? { message: text } : {}),
  };
  return envelopeA(
    {
      message: isSent ? sentText(parts, payout) : text,
      result: resultOf[status],
      response: code,
      success: status !== 'TF',
    },
    { data: { transaction } },
  );
}

/** Beside TS documented, the others assumed. */
const resultOf: Readonly<Record<DisbursementStatus, string>> = {
  TS: esb.success,
  TIP: esb.success,
  TA: esb.somethingWrong,
  TF: esb.failed,
};

/** Sheet §10.4: no Airtel id here, so a lost answer leaves only the transactions summary. */
function enquiryAnswer({ ownId, status, code }: Disbursement): Answer {
  const message = disbursementTexts[code] ?? 'Transaction failed';
  return envelopeA(
    {
      message: status === 'TF' ? 'FAILED' : 'SUCCESS',
      result: resultOf[status],
      response: code,
      success: status !== 'TF',
    },
    { data: { transaction: { id: ownId, message, status } } },
  );
}
