import { parseId, type PayeeId } from '#kernel';

import { notFound } from './problem.ts';

export function payeeIdOf(text: string): PayeeId {
  const id = parseId('payee', text);
  if (!id.ok) throw notFound('No number on the list has this id.');
  return id.value;
}
