import { expect, it } from 'vitest';

import type { ReasonView } from '#api/contract';

import { inSwahili } from './reason-text.ts';

it('says a reason in Swahili, with its amount', () => {
  const said = inSwahili({
    kind: 'named-charge-short',
    reference: 'B7K9M2QX',
    waivedDecimal: '1240.50',
  });
  expect(said).toBe('Malipo yametaja ankara B7K9M2QX; KES 1,240.50 itasamehewa.');
});

it.each(['one-of-tomorrow', 'toString'])('has no words for %s', (kind) => {
  const reason = { kind } as unknown as ReasonView;
  expect(inSwahili(reason)).toBeUndefined();
});
