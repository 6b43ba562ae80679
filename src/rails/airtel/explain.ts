import type { CodeClass, CodeExplanation, CodeSubject } from '../explanation.ts';
import {
  callTaken,
  cashCodes,
  collectionCodes,
  httpStatuses,
  oauthCodes,
  ownWords,
  payoutCodes,
  questionCodes,
  refundCodes,
  refundedWord,
  resultCodes,
  routerCodes,
  statusWords,
  takenWord,
  type CodeTable,
  type Ruling,
} from './codes.ts';
import { lookUp } from './decisive.ts';

/** What our own ruling means in the words that all rails share. */
const classes = {
  done: 'done',
  pending: 'pending',
  final: 'final',
  'our-fault': 'our-fault',
  // The one remedy, a fresh key, has been tried by the time that anybody reads of it.
  're-key': 'our-fault',
  retryable: 'retryable',
  duplicate: 'unknown',
  'not-found': 'unknown',
  unknown: 'unknown',
} as const satisfies Record<Ruling, CodeClass>;

// The families' prefixes keep them apart; only refunds borrow another family's codes.
const everyCode: CodeTable = {
  ...collectionCodes,
  ...payoutCodes,
  ...cashCodes,
  ...questionCodes,
  ...routerCodes,
  ...resultCodes,
  ...oauthCodes,
  ...statusWords,
  ...httpStatuses,
  ...ownWords,
};

const tables: Readonly<Record<CodeSubject, CodeTable>> = {
  prompt: { ...everyCode, ESB000010: callTaken, SUCCESS: takenWord },
  payout: { ...everyCode, ESB000010: callTaken },
  refund: { ...everyCode, ...refundCodes, SUCCESS: refundedWord },
  'top-up': everyCode,
  question: everyCode,
};

/** An HTTP status is stored as `HTTP 415`; routers write it as a code of its own. */
const keyOf = (code: string): string => (/^\d{3}$/.test(code) ? `HTTP ${code}` : code);

/** What a code of Airtel's means, for a person; one that no table holds is unknown, verbatim. */
export function explain(code: string, subject: CodeSubject): CodeExplanation {
  const key = keyOf(code.trim());
  const table = tables[subject];
  const { ruling, reason, meaning, advice } = lookUp(table, key);
  const known = Object.hasOwn(table, key);
  return { code, known, class: classes[ruling], reason, meaning, advice };
}
