import type { ProblemKind } from '#api/contract';

import { textOf } from '../text/language.ts';

/** What went wrong, and what mends it. */
export interface ProblemWords {
  readonly title: string;
  readonly fix: string;
}
export type SwahiliProblems = Readonly<Partial<Record<ProblemKind, ProblemWords>>>;

export const problemText = textOf({
  en: {
    noAnswer: 'The engine does not answer',
    noAnswerWhy:
      'Nothing was lost on this page. Check the line of this device, and that the engine runs; then try again.',
    unexpected: 'This page made a mistake',
    unexpectedWhy: 'Load the page again. If it stays, send what is written below to support.',
  },
  sw: {
    noAnswer: 'Injini haijibu',
    noAnswerWhy:
      'Hakuna kilichopotea kwenye ukurasa huu. Angalia mtandao wa kifaa hiki, na kama injini inafanya kazi; kisha jaribu tena.',
    unexpected: 'Ukurasa huu umekosea',
    unexpectedWhy: 'Pakia ukurasa upya. Ikiendelea, tuma yaliyoandikwa hapa chini kwa msaada.',
  },
});
