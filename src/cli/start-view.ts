import type { Secret } from '#kernel';
import type { Autoconfigured } from '#platform/config';

import type { Started } from './deps.ts';
import { factSheet, wrap, type Fact } from './layout.ts';
import { marks, type Pen } from './pen.ts';
import { modeWords } from './status-view.ts';
import { duration } from './words.ts';

/** `✓ database ready (0.9 s)`: the time since the start. */
export const stepLine = (done: string, sinceStartMs: number, pen: Pen): string =>
  `${pen.good(marks.good)} ${done} ${pen.faint(`(${duration(sinceStartMs)})`)}`;

/** The master key, on a line of its own so that it can be copied whole. */
export const masterKeyLines = (key: Secret<string>, pen: Pen): readonly string[] => [
  pen.strong(key.reveal()),
  ...wrap(
    'Shown once and kept nowhere. Write it down: whoever has it commands the engine.',
    pen.columns - 16,
  ).map(pen.caution),
];

/** What was written on the way, by a start that configured the machine itself. */
const configuredFact = ({ envFile, written }: Autoconfigured, pen: Pen): Fact => ({
  name: 'Configured',
  lines: wrap(`${written.length} settings written to ${envFile.path}`, pen.columns - 16),
});

/** For a first start that came to nothing: its master key is written nowhere else. */
export const unshownKeyView = (key: Secret<string>, pen: Pen): readonly string[] =>
  factSheet([{ name: 'Master key', lines: masterKeyLines(key, pen) }], pen.columns);

function stopWords(detach: boolean): string {
  return detach ? 'npm run revenue:stop' : 'Ctrl-C, or npm run revenue:stop in another window';
}

/** What an operator needs to know once the engine is up. */
export function startView(
  started: Started,
  options: { readonly detach: boolean; readonly tookMs: number },
  pen: Pen,
): readonly string[] {
  const { firstStart, url } = started;
  const key = firstStart?.masterKey;
  const where = options.detach ? ` in the background, process ${started.pid}` : '';
  return [
    '',
    `${pen.good(marks.good)} ${pen.strong('ready')} in ${duration(options.tookMs)}${where}`,
    '',
    modeWords(started.mode, pen),
    '',
    ...factSheet(
      [
        ...(url === undefined ? [] : [{ name: 'Screen', lines: [url] }]),
        ...(key === undefined ? [] : [{ name: 'Master key', lines: masterKeyLines(key, pen) }]),
        ...(firstStart === undefined ? [] : [configuredFact(firstStart, pen)]),
        { name: 'Log', lines: [started.logFile] },
        { name: 'Status', lines: ['npm run revenue:status'] },
        { name: 'Stop', lines: wrap(stopWords(options.detach), pen.columns - 14) },
      ],
      pen.columns,
    ),
    '',
  ];
}

/** The same for programs. */
export const startAnswer = (started: Started) => ({
  ok: true,
  mode: started.mode,
  url: started.url,
  pid: started.pid,
  logFile: started.logFile,
  ...(started.firstStart === undefined
    ? {}
    : {
        written: started.firstStart.written,
        masterKey: started.firstStart.masterKey?.reveal(),
      }),
});
