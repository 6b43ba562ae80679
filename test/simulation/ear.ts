import type { EpochMs } from '#kernel';
import { isDatabaseAway } from '#platform/db';
import type { Log, LogFields } from '#platform/log';

export interface LogLine {
  readonly at: EpochMs;
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: LogFields;
}

/** Listens to the engine's log: an error that is not the world's fault is a defect. */
export function createEar(deps: {
  readonly now: () => EpochMs;
  readonly onLine: ((line: LogLine) => void) | undefined;
  readonly onDefect: (error: unknown) => void;
}): Log {
  const hear =
    (level: LogLine['level']) =>
    (fields: LogFields, message: string): void => {
      deps.onLine?.({ at: deps.now(), level, message, fields });
      const error: unknown = Reflect.get(fields, 'err');
      if (level === 'error' && error instanceof Error && !isDatabaseAway(error)) {
        deps.onDefect(error);
      }
    };
  const log: Log = {
    debug: hear('debug'),
    info: hear('info'),
    warn: hear('warn'),
    error: hear('error'),
    child: () => log,
  };
  return log;
}
