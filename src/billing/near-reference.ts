import { referenceAlphabet, referenceDigits } from './charge.ts';

/**
 * What a payer may have meant by what was typed, capitals and digits only: a reference one slip of
 * the finger away, after letters that no reference has are read as the digits they look like. A
 * slip is one character too many, left out or mistaken, or two neighbours that changed places.
 */

/** What people read for a character that no reference has. */
const lookalikes: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

const fold = (typed: string): string =>
  [...typed].map((character) => lookalikes[character] ?? character).join('');

const isOfReference = (text: string): boolean =>
  [...text].every((one) => referenceAlphabet.includes(one));

/** So many characters of a reference are left alone by a slip: its first ones or its last. */
export const nearKeyDigits = referenceDigits / 2;

/** By what near references can be found without naming each of some 240. */
export interface NearKeys {
  readonly heads: readonly string[];
  readonly tails: readonly string[];
  readonly whole: readonly string[];
}

/**
 * A slip is in one half of a reference, and the other half is as it was typed; only the two in the
 * middle that changed places are in both.
 */
export function nearKeysOf(typed: string): NearKeys {
  const text = fold(typed);
  if (Math.abs(text.length - referenceDigits) > 1) return { heads: [], tails: [], whole: [] };
  const [left, right] = [nearKeyDigits - 1, nearKeyDigits];
  const swapped =
    text.slice(0, left) + text.charAt(right) + text.charAt(left) + text.slice(right + 1);
  return {
    heads: [text.slice(0, nearKeyDigits)].filter(isOfReference),
    tails: [text.slice(-nearKeyDigits)].filter(isOfReference),
    whole: [swapped].filter((one) => one.length === referenceDigits && isOfReference(one)),
  };
}

/** Whether the payer may have meant a reference; never what was typed itself. */
export function nearReferenceTo(typed: string): (reference: string) => boolean {
  const text = fold(typed);
  if (Math.abs(text.length - referenceDigits) > 1) return () => false;
  // Asked of every charge that waits; nearly all fail the first question.
  return (reference) =>
    isOneSlip(text, reference) && reference !== typed && isOfReference(reference);
}

function isOneSlip(text: string, reference: string): boolean {
  if (reference.length !== referenceDigits) return false;
  let same = 0;
  while (same < referenceDigits && text[same] === reference[same]) same += 1;
  const rest = (of: string, skipped: number): string => of.slice(same + skipped);
  switch (text.length) {
    case referenceDigits + 1:
      return rest(text, 1) === rest(reference, 0);
    case referenceDigits - 1:
      return rest(text, 0) === rest(reference, 1);
    default:
      return (
        rest(text, 1) === rest(reference, 1) ||
        (rest(text, 2) === rest(reference, 2) &&
          text[same] === reference[same + 1] &&
          text[same + 1] === reference[same])
      );
  }
}
