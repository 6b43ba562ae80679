import { expect, it } from 'vitest';

import { railIds } from '#kernel';
import {
  customerCredit,
  fees,
  ownerCapital,
  ownerDrawings,
  railCharges,
  railCollection,
  revenue,
  suspense,
  transferInFlight,
} from '#ledger';

import { languages } from '../text/language.ts';
import { accountName } from './names.ts';
import { sharedTraceText } from './text.ts';

const ofRails = [
  railCollection,
  railCharges,
  fees,
  suspense,
  customerCredit,
  transferInFlight,
  ownerDrawings,
  ownerCapital,
] as const;
const chart = [
  ...railIds.flatMap((rail) => ofRails.map((account) => account(rail))),
  revenue('data-packages'),
].map(({ name }) => name);

it.each(languages)('every account of the books has a name of its own in %s', (language) => {
  const t = sharedTraceText[language];
  const names = chart.map((account) => accountName(account, { t, streamName: (id) => id }));
  expect(names).not.toContain(undefined);
  expect(new Set(names).size).toBe(chart.length);
});

it('what is no account of ours keeps its own', () => {
  const words = { t: sharedTraceText.en, streamName: (id: string) => id };
  for (const account of ['rail:mpesa:elsewhere', 'petty-cash']) {
    expect(accountName(account, words)).toBeUndefined();
  }
});
