import type { Autoconfigured } from '#platform/config';

import { factSheet, wrap } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { masterKeyLines } from './start-view.ts';

type WrittenFile = Autoconfigured['envFile'];

const fileWords = ({ path, created }: WrittenFile, added: number): string => {
  if (created) return `${path} created`;
  return added > 0 ? `${path} added to` : `${path} left as it was`;
};

const namesOrNone = (names: readonly string[], columns: number): readonly string[] =>
  names.length === 0 ? ['nothing'] : wrap(names.join(', '), columns);

/** What was written, what was left alone, and the master key if it is new. */
export function autoconfigView(done: Autoconfigured, pen: Pen): readonly string[] {
  const width = pen.columns - 16;
  const key = done.masterKey;
  return [
    `${pen.good(marks.good)} ${pen.strong('configured')}`,
    '',
    ...factSheet(
      [
        {
          name: 'Files',
          lines: [
            ...wrap(fileWords(done.envFile, done.written.length), width),
            ...wrap(fileWords(done.targetsFile, 0), width),
          ],
        },
        { name: 'Written', lines: namesOrNone(done.written, width) },
        { name: 'Kept', lines: namesOrNone(done.kept, width) },
        ...(key === undefined ? [] : [{ name: 'Master key', lines: masterKeyLines(key, pen) }]),
        { name: 'Next', lines: ['npm run qmoi:validate', 'npm run revenue:start'] },
      ],
      pen.columns,
    ),
  ];
}

/** The same for programs. */
export const autoconfigAnswer = (done: Autoconfigured) => ({
  ok: true,
  ...done,
  masterKey: done.masterKey?.reveal(),
});
