import type { Result } from '#kernel';

import { exitCodes, type ExitCode, type Refused, type Terminal } from './deps.ts';
import { wrap } from './layout.ts';
import { asciiOf, marks, penFor, type Pen } from './pen.ts';

/** How a command speaks: to people on both streams, to programs in one document. */
export interface Voice {
  /** For the terminal as it is now: its window may have changed. */
  pen(): Pen;
  /** Lines for people; nothing in JSON mode. */
  say(lines: readonly string[]): void;
  /** What happens on the way; beside the document in JSON mode. */
  note(lines: readonly string[]): void;
  /** The document; nothing for people. */
  answer(document: unknown): void;
  /** Text as it is, to where notes go. */
  raw(text: string): void;
  refuse(refused: Refused): ExitCode;
  /** What came of one question: its lines and its document, or why there are none. */
  tell<Value>(answer: Result<Value, Refused>, telling: Telling<Value>): ExitCode;
}

export interface Telling<Value> {
  readonly lines: (value: Value, pen: Pen) => readonly string[];
  /** Without it the document is the value as it came. */
  readonly document?: (value: Value) => unknown;
  /** Without it a value is a success. */
  readonly exitCode?: (value: Value) => ExitCode;
}

const lineEnd = '\n';
const textOf = (lines: readonly string[]): string => lines.map((line) => line + lineEnd).join('');

/** What is indented stays so on every line it fills. */
const wrapLine = (line: string, columns: number): readonly string[] => {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrap(line.slice(indent.length), columns, indent);
};

export function createVoice(terminal: Terminal, json: boolean): Voice {
  const fit = (text: string): string => (terminal.unicode ? text : asciiOf(text));
  const write = (text: string): void => terminal.write(fit(text));
  const writeError = (text: string): void => terminal.writeError(fit(text));
  const raw = json ? writeError : write;
  const pen = (): Pen => penFor({ columns: terminal.columns, color: terminal.color });

  const refusalLines = ({ message, fix }: Refused): readonly string[] => {
    const { bad, columns } = pen();
    const [first = '', ...rest] = message
      .split('\n')
      .flatMap((line) => wrapLine(line, columns - 2));
    return [
      `${bad(marks.bad)} ${first}`,
      ...rest.map((line) => `  ${line}`),
      ...(fix === undefined ? [] : wrap(fix, columns, '  ')),
    ];
  };

  const say = (lines: readonly string[]): void => (json ? undefined : write(textOf(lines)));
  // Escaped beyond ASCII by need only: JSON is UTF-8 whatever the terminal's locale says.
  const answer = (document: unknown): void =>
    json ? terminal.write(`${JSON.stringify(document, undefined, 2)}${lineEnd}`) : undefined;
  const refuse = (refused: Refused): ExitCode => {
    const { message, fix, exitCode } = refused;
    const status = exitCode === exitCodes.notRunning ? { status: 'not-running' } : {};
    if (json) answer({ ok: false, ...status, message, fix });
    else writeError(textOf(refusalLines(refused)));
    return exitCode;
  };

  return {
    pen,
    raw,
    say,
    note: (lines) => raw(textOf(lines)),
    answer,
    refuse,
    tell: (asked, { lines, document, exitCode }) => {
      if (!asked.ok) return refuse(asked.error);
      say(lines(asked.value, pen()));
      answer(document === undefined ? asked.value : document(asked.value));
      return exitCode?.(asked.value) ?? exitCodes.ok;
    },
  };
}
