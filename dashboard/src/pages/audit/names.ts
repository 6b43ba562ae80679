import { railIds, railNames } from '#kernel';

/** What ids of each kind are called where they are the subject of a record. */
const nouns: Readonly<Record<string, string>> = {
  ch: 'charge',
  pr: 'prompt',
  pay: 'payment',
  tr: 'transfer',
  pe: 'payee',
  ex: 'exception',
  se: 'session',
  st: 'statement',
};

export const idForm = /^([a-z]{2,3})_[0-9A-HJKMNP-TV-Z]{13}$/;

/** An id on its own is what people copy; the log keeps it as `payment:pay_…`. */
export function subjectOf(typed: string): string {
  const text = typed.trim();
  const noun = nouns[idForm.exec(text)?.[1] ?? ''];
  return noun === undefined ? text : `${noun}:${text}`;
}

export interface Named {
  readonly noun: string;
  readonly id: string;
}

export function namedBy(text: string): Named {
  const colon = text.indexOf(':');
  return colon < 0
    ? { noun: text, id: '' }
    : { noun: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** A rail by the name its owner knows; everything else as it is. */
export const railOr = (text: string): string => {
  const rail = railIds.find((id) => id === text);
  return rail === undefined ? text : railNames[rail];
};
