import { referenceAlphabet, referenceDigits } from './charge.ts';

/** What people read for a character that no reference has. */
const lookalikes: Readonly<Record<string, string>> = { I: '1', L: '1', O: '0' };

const fold = (typed: string): string =>
  [...typed].map((character) => lookalikes[character] ?? character).join('');

const letters = [...referenceAlphabet];
const places = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/** One character too many. */
const shortened = (text: string): readonly string[] =>
  places(text.length).map((n) => text.slice(0, n) + text.slice(n + 1));

/** One character left out. */
const lengthened = (text: string): readonly string[] =>
  places(text.length + 1).flatMap((n) =>
    letters.map((letter) => text.slice(0, n) + letter + text.slice(n)),
  );

/** One character mistaken for another. */
const replaced = (text: string): readonly string[] =>
  places(text.length).flatMap((n) =>
    letters.map((letter) => text.slice(0, n) + letter + text.slice(n + 1)),
  );

/** Two neighbours in the wrong order. */
const swapped = (text: string): readonly string[] =>
  places(text.length - 1).map(
    (n) => text.slice(0, n) + text.charAt(n + 1) + text.charAt(n) + text.slice(n + 2),
  );

const isReference = (text: string): boolean =>
  text.length === referenceDigits && [...text].every((one) => referenceAlphabet.includes(one));

function slipsOf(text: string): readonly string[] {
  if (text.length === referenceDigits + 1) return shortened(text);
  if (text.length === referenceDigits - 1) return lengthened(text);
  if (text.length !== referenceDigits) return [];
  return [text, ...replaced(text), ...swapped(text)];
}

/**
 * References that a payer may have meant by what was typed, capitals and digits only: one slip of
 * the finger away, after letters that no reference has are read as the digits they look like. At
 * most 250; none is what was typed.
 */
export const nearReferences = (typed: string): readonly string[] => [
  ...new Set(slipsOf(fold(typed)).filter((text) => text !== typed && isReference(text))),
];
