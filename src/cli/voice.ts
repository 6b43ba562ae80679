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

  return {
    pen,
    raw,
    say: (lines) => (json ? undefined : write(textOf(lines))),
    note: (lines) => raw(textOf(lines)),
    // Escaped beyond ASCII by need only: JSON is UTF-8 whatever the terminal's locale says.
    answer: (document) =>
      json ? terminal.write(`${JSON.stringify(document, undefined, 2)}${lineEnd}`) : undefined,
    refuse: (refused) => {
      const { message, fix, exitCode } = refused;
      if (json) {
        const status = exitCode === exitCodes.notRunning ? { status: 'not-running' } : {};
        terminal.write(`${JSON.stringify({ ok: false, ...status, message, fix }, undefined, 2)}\n`);
      } else {
        writeError(textOf(refusalLines(refused)));
      }
      return exitCode;
    },
  };
}
