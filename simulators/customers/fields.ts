import { floorShillings, parseAmountMinor } from '#kernel';

/** A JSON object as it came in; what is missing reads as undefined. */
export type Fields = Readonly<Record<string, unknown>>;

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** Empty when it is no text. */
export const textIn = (fields: Fields, name: string): string => {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
};

export const listIn = (fields: Fields, name: string): readonly Fields[] => {
  const value = fields[name];
  return Array.isArray(value) ? value.map(fieldsOf) : [];
};

/** Whole shillings of "150" or "150.00"; cents are cut off, and what is no amount is nothing. */
export const kesIn = (fields: Fields, name: string): number => {
  const amount = parseAmountMinor(textIn(fields, name));
  return amount.ok ? floorShillings(amount.value) : 0;
};

export const isWholeNumber = (
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
