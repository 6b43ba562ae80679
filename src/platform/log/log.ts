import { type Clock, isoOf, type Secret } from '#kernel';
import { type Logger, pino } from 'pino';

import { createMask, type MaskText } from './mask.ts';
import { plainFields } from './plain.ts';
import { openSink } from './sink.ts';

export type LogFields = Readonly<Record<string, unknown>>;
type Write = (fields: LogFields, message: string) => void;

export interface Log {
  readonly debug: Write;
  readonly info: Write;
  readonly warn: Write;
  readonly error: Write;
  /** The same log, with the module's name in every line. */
  child(fields: { readonly module: string }): Log;
}

/** The log that owns the file. */
export interface RootLog extends Log {
  /** Lets go of the file. */
  close(): void;
}

export const levels = ['debug', 'info', 'warn', 'error'] as const;
export type Level = (typeof levels)[number];

export interface LogOptions {
  /** The name under which the newest lines are always found; older files are numbered beside it. */
  readonly file: string;
  readonly level: Level;
  readonly clock: Clock;
  /** Hidden wherever they turn up, besides all that looks like a secret. */
  readonly secrets?: readonly Secret<string>[];
  /** Gets every line as well, for a terminal. */
  readonly mirror?: (line: string) => void;
  /** Where lines go once the file cannot be written; the standard error by default. */
  readonly complain?: (line: string) => void;
  readonly fileBytesMax?: number;
  readonly filesMax?: number;
}

const fileBytesMaxUsual = 10 * 1024 * 1024;
const filesMaxUsual = 10;

function logOver(logger: Logger, maskText: MaskText): Log {
  const at =
    (level: Level): Write =>
    (fields, message) => {
      if (!logger.isLevelEnabled(level)) return;
      logger[level](plainFields(maskText, fields), maskText(message));
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (fields) => logOver(logger.child(plainFields(maskText, fields)), maskText),
  };
}

/** One JSON object a line, in files limited by size and number. */
export function createLog(options: LogOptions): RootLog {
  const { file, level, clock, secrets, mirror } = options;
  const sink = openSink({
    file,
    fileBytesMax: options.fileBytesMax ?? fileBytesMaxUsual,
    filesMax: options.filesMax ?? filesMaxUsual,
    complain: options.complain ?? ((line) => void process.stderr.write(line)),
  });
  const write = (line: string): void => {
    mirror?.(line);
    sink.write(line);
  };
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: () => `,"time":"${isoOf(clock.now())}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write },
  );
  return { ...logOver(logger, createMask(secrets)), close: () => sink.close() };
}

const nothing = (): void => undefined;

/** For tests. */
export const silentLog: Log = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLog,
};
