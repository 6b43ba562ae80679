import type { CodeExplanation, CodeSubject } from '../explanation.ts';
import {
  payoutResultCodes,
  promptResultCodes,
  questionResultCodes,
  refundResultCodes,
  topUpResultCodes,
} from './codes.ts';
import { gatewayCodes, gatewayMeaningOf } from './gateway-codes.ts';
import {
  doneCode,
  lookUp,
  row,
  unknownMeaning,
  type CodeMeaning,
  type CodeTable,
} from './meaning.ts';

const resultCodes = {
  prompt: promptResultCodes,
  payout: payoutResultCodes,
  refund: refundResultCodes,
  'top-up': topUpResultCodes,
  question: questionResultCodes,
} as const satisfies Record<CodeSubject, CodeTable>;

const doneMeanings = {
  prompt: 'The payer has paid.',
  payout: 'The money has arrived.',
  refund: 'The payment was given back.',
  'top-up': 'The money is in the Utility account.',
  question: 'The question was answered.',
} as const satisfies Record<CodeSubject, string>;

/** The list of payments counts its answers anew (Daraja 3.0, Pull Transactions). */
const listAnswers: Readonly<Record<string, string>> = {
  '1000': 'The list of payments was read.',
  '1001': 'The list of payments is empty, or the short code was enrolled before.',
};

const doneMeaningOf = (code: string, subject: CodeSubject): string | undefined => {
  if (code === doneCode) return doneMeanings[subject];
  const isListed = subject === 'question' && Object.hasOwn(listAnswers, code);
  return isListed ? listAnswers[code] : undefined;
};

/** Ours. */
const ownCodes: CodeTable = {
  // See `refusedHere`.
  'not-sent': row('final', 'other', [
    'Nothing was sent: M-Pesa was not reached, or the request could not be made.',
    'The words beside the code tell which; nothing moved.',
  ]),
  // The answer to a question names a state and no code.
  'status-failed': row('final', 'other', [
    'M-Pesa says of the transaction that it was declined, cancelled or expired.',
    'Nothing moved; another attempt is your decision.',
  ]),
};

function meaningOf(code: string, subject: CodeSubject): CodeMeaning | undefined {
  // A result's code never looks like a gateway's, so whichever table knows it is the right one.
  const known =
    lookUp(ownCodes, code) ?? lookUp(resultCodes[subject], code) ?? lookUp(gatewayCodes, code);
  if (known !== undefined) return known;
  const inFamily = gatewayMeaningOf(code);
  return inFamily === unknownMeaning ? undefined : inFamily;
}

/** For the owner: what a code meant where it stood, and what to do about it. */
export function explain(code: string, subject: CodeSubject): CodeExplanation {
  const done = doneMeaningOf(code, subject);
  if (done !== undefined) {
    const advice = 'Nothing to do.';
    return { code, known: true, class: 'done', reason: 'other', meaning: done, advice };
  }
  const known = meaningOf(code, subject);
  const { ruling, reason, meaning, advice, isDoneOnce } = known ?? unknownMeaning;
  const codeClass = isDoneOnce === true ? 'done' : ruling;
  return { code, known: known !== undefined, class: codeClass, reason, meaning, advice };
}
