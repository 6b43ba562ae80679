import { expect, it } from 'vitest';

import { exceptionsText } from '../pages/exceptions/text.ts';
import { fixText } from '../pages/exceptions/fix-text.ts';
import { settingsText } from '../pages/settings/text.ts';
import { guidesEn, guidesSw } from '../pages/support/guide-words.ts';
import { todayText } from '../pages/today/text.ts';
import { transfersText } from '../pages/transfers/text.ts';
import { exceptionProblems } from '../ui/swahili-exception-problems.ts';
import { requestProblems } from '../ui/swahili-request-problems.ts';
import { transferProblems } from '../ui/swahili-transfer-problems.ts';
import { languages, type Language } from './language.ts';
import { words } from './words.ts';

const texts = [exceptionsText, fixText, settingsText, todayText, transfersText, words] as const;
const guides = { en: guidesEn, sw: guidesSw } as const;
const problems = { en: [], sw: [exceptionProblems, requestProblems, transferProblems] } as const;

/** What browsers call their own buttons, each in the language of the device. */
const ofTheBrowser = new Set(['Add to Home Screen', 'Add to home screen', 'Install app']);

/** Every sentence in it, however deep; those with places to fill are left out. */
const sentencesIn = (text: unknown): readonly string[] =>
  typeof text === 'string'
    ? [text]
    : typeof text === 'object' && text !== null
      ? Object.values(text).flatMap(sentencesIn)
      : [];

const sentencesOf = (language: Language): readonly string[] =>
  sentencesIn([texts.map((text) => text[language]), guides[language], problems[language]]);

const quoted = /“(?<words>[^”]+)”/g;

it.each(languages)('what a text in %s quotes is what the screen says', (language) => {
  const sentences = sentencesOf(language);
  const said = new Set(sentences);
  const asked = sentences
    .flatMap((sentence) => [...sentence.matchAll(quoted)])
    .map(({ groups }) => groups?.['words'] ?? '')
    .filter((name) => !ofTheBrowser.has(name));
  expect(asked.length).toBeGreaterThan(4);
  expect(asked.filter((name) => !said.has(name))).toEqual([]);
});
