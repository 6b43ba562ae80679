import {
  collectionCodes,
  oauthCodes,
  payoutCodes,
  questionCodes,
  refundCodes,
  resultCodes,
  routerCodes,
  unknownCode,
  type CodeMeaning,
  type CodeTable,
} from './codes.ts';

/** Whose codes an answer speaks. */
export type Product = 'prompt' | 'payout' | 'refund';

const responseTables = {
  prompt: { ...collectionCodes, ...questionCodes },
  payout: { ...payoutCodes, ...questionCodes },
  refund: { ...refundCodes, ...questionCodes },
} as const satisfies Record<Product, CodeTable>;

export const lookUp = (table: CodeTable, code: string): CodeMeaning =>
  Object.hasOwn(table, code) ? (table[code] ?? unknownCode) : unknownCode;

/** The codes of one answer, whichever envelope it came in. */
export interface AnswerCodes {
  readonly resultCode?: string | undefined;
  readonly responseCode?: string | undefined;
  readonly routerCode?: string | undefined;
  readonly oauthError?: string | undefined;
}

export interface Decisive extends CodeMeaning {
  readonly code: string;
}

// These decide even beside another response code: a duplicate comes as “ambiguous”.
const decidingResultCodes = new Set(['ESB000041', 'ESB000045', '521050']);

/** The code that counts, in the documents' order of precedence; undefined where there is none. */
export function decisiveCode(codes: AnswerCodes, product: Product): Decisive | undefined {
  const { resultCode, responseCode, routerCode, oauthError } = codes;
  const from = (table: CodeTable, code: string): Decisive => ({ ...lookUp(table, code), code });
  if (resultCode !== undefined && decidingResultCodes.has(resultCode)) {
    return from(resultCodes, resultCode);
  }
  if (responseCode !== undefined) return from(responseTables[product], responseCode);
  if (routerCode !== undefined) return from(routerCodes, routerCode);
  if (oauthError !== undefined) return from(oauthCodes, oauthError);
  return resultCode === undefined ? undefined : from(resultCodes, resultCode);
}

const pinCodes = new Set(['DP00900001002', 'ROUTER114', 'ROUTER115', 'ROUTER116']);

/** A wrong or unreadable PIN of ours: sending it again may lock the wallet. */
export const isPinCode = ({ code }: Decisive): boolean => pinCodes.has(code);
