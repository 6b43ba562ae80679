/** Every kind of call that the port makes. Questions about refunds are `payout-query` as well. */
export const operations = [
  'prompt',
  'prompt-query',
  'payout',
  'payout-query',
  'balance',
  'list',
  'refund',
  'top-up',
  'lookup',
  'register',
  'code',
] as const;
export type Operation = (typeof operations)[number];

/** Calls of one rail that share a breaker: what stops one of them would stop the others. */
export const lanes = ['prompts', 'money-out', 'questions', 'operator-questions', 'extras'] as const;
export type Lane = (typeof lanes)[number];

/**
 * Questions that providers may want signed by their API operator are apart from the others: a
 * locked operator must not be asked for again and again, and the rest goes on without it.
 */
const laneOfOperation = {
  prompt: 'prompts',
  payout: 'money-out',
  refund: 'money-out',
  'top-up': 'money-out',
  'prompt-query': 'questions',
  list: 'questions',
  'payout-query': 'operator-questions',
  balance: 'operator-questions',
  lookup: 'operator-questions',
  register: 'extras',
  code: 'extras',
} as const satisfies Record<Operation, Lane>;

export const laneOf = (operation: Operation): Lane => laneOfOperation[operation];
