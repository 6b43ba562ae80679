import { expect, it } from 'vitest';

import type { ExceptionKind } from '../exceptions/store.ts';
import { chargeOf, paymentOf } from '../facts-test-kit.ts';
import type { Payment } from '../payments/store.ts';
import type { Reason } from './reason.ts';
import { suggest, type SuggestFacts } from './suggest.ts';

const payment: typeof paymentOf = (kes, more) =>
  paymentOf(kes, { accountReference: 'B7K9M2XQ', ...more });

const about = (
  kind: ExceptionKind,
  of: Payment | undefined,
  more: Partial<SuggestFacts> = {},
): SuggestFacts => ({
  exception: { kind, state: 'open', detail: {} },
  payment: of,
  waiting: [],
  isNear: () => false,
  named: undefined,
  siblings: [],
  isReversible: true,
  subset: [],
  ...more,
});

const near = (kes: number) =>
  about('wrong-reference', payment(kes), { waiting: [chargeOf(1_000)], isNear: () => true });

/** Facts that lead to the reason, and its sentence. */
const cases: Readonly<Record<Reason['kind'], readonly [facts: SuggestFacts, why: string]>> = {
  'named-charge-left-over': [
    about('overpaid', payment(1_240), { named: chargeOf(1_000) }),
    'It named charge B7K9M2QX; KES 240 is left over.',
  ],
  'named-charge-short': [
    about('underpaid', payment(950), { named: chargeOf(1_000) }),
    'It named charge B7K9M2QX; KES 50 would be waived.',
  ],
  'named-charge-together': [
    about('underpaid', payment(950), {
      named: chargeOf(1_000),
      siblings: [payment(50, { receipt: 'R2' })],
    }),
    'Together with R2 it is what charge B7K9M2QX asks for.',
  ],
  'near-reference': [
    near(1_000),
    '“B7K9M2XQ” is one slip away from charge B7K9M2QX, and the amount is the same.',
  ],
  'near-reference-left-over': [
    near(2_500),
    '“B7K9M2XQ” is one slip away from charge B7K9M2QX; KES 1,500 is left over.',
  ],
  'near-reference-short': [
    about('underpaid', payment(900), { waiting: [chargeOf(1_000)], isNear: () => true }),
    '“B7K9M2XQ” is one slip away from charge B7K9M2QX; KES 100 would be waived.',
  ],
  'same-phone': [
    about('unknown-reference', payment(300), { waiting: [chargeOf(300)] }),
    'The same phone owes exactly this much for charge B7K9M2QX.',
  ],
  'same-phone-together': [
    about('unknown-reference', payment(300), {
      subset: [chargeOf(100, { reference: 'AAA' }), chargeOf(200, { reference: 'BBB' })],
    }),
    'Of all the same phone owes, only AAA, BBB together make this amount.',
  ],
  'alike-phone': [
    about('unknown-payer', payment(300, { payer: '2547*****678' }), { waiting: [chargeOf(300)] }),
    "It is the only charge of this amount (B7K9M2QX) for a phone that looks like the payer's.",
  ],
  'paid-before': [about('duplicate-payment', payment(300)), 'What it named was paid before.'],
  'purpose-unknown': [
    about('unknown-reference', payment(300)),
    'If nobody knows what it was for, it goes back to its payer.',
  ],
  'payer-known': [
    about('unknown-reference', payment(300)),
    'The payer is known: it can be held for a later charge of the same phone.',
  ],
  'earned-late': [
    about('late-success', payment(300, { state: 'earned' })),
    'The money is earned; tell the customer it arrived.',
  ],
  'nothing-booked': [
    about('forged-callback', undefined),
    'Nothing was booked; the callback is kept.',
  ],
  'still-counted': [
    about('reversed-by-provider', payment(300, { state: 'earned' })),
    'It is counted although the payer has it again.',
  ],
  'refunded-as-well': [
    about('reversed-by-provider', payment(300, { state: 'refunded' })),
    'A refund has paid it as well; it counts no more.',
  ],
  'counted-no-more': [
    about('reversed-by-provider', payment(300, { state: 'reversed' })),
    'It counts no more; settle with the payer what was delivered.',
  ],
};

it.each(Object.entries(cases))('says why: %s', (kind, [facts, why]) => {
  const found = suggest(facts).find(({ reason }) => reason.kind === kind);
  expect(found?.why).toBe(why);
});
