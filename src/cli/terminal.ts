import type { Terminal } from './deps.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The part of a stream that a terminal is made of. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

export interface TerminalDeps {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Environment;
}

// A file or a pipe has no width; this is what people and log viewers expect.
const columnsWithoutScreen = 80;

const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';

/** The locale by the precedence of POSIX; none at all is taken for a modern one. */
function hasUnicode(env: Environment): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet);
  return locale === undefined || /utf-?8/i.test(locale);
}

/** The operator's terminal: its width follows the window, colour keeps to NO_COLOR. */
export function createTerminal({ stdout, stderr, env }: TerminalDeps): Terminal {
  const isTty = stdout.isTTY === true && env['TERM'] !== 'dumb';
  return {
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    isTty,
    get columns() {
      const given = Number(env['COLUMNS']);
      return stdout.columns ?? (given > 0 ? given : columnsWithoutScreen);
    },
    color: isTty && !isSet(env['NO_COLOR']),
    unicode: hasUnicode(env),
  };
}
