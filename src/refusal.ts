import type { RunningProcess } from '#platform/process';

/** A sentence for the operator; the engine does not start. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
  /** What to do about it, where the sentence does not say so itself. */
  readonly fix: string | undefined;

  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}

const unwritableCodes = new Set([
  'EACCES',
  'EEXIST',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOTDIR',
  'EPERM',
  'EROFS',
]);
const fullCodes = new Set(['EDQUOT', 'ENOSPC']);

/** A file or folder that a person has to make room for; undefined for any other failure. */
export function refusalOfFileError(error: unknown): StartRefused | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  const code = String(error.code);
  const path = 'path' in error ? String(error.path) : 'A file or folder';
  if (fullCodes.has(code)) {
    return new StartRefused(
      `The disk that holds ${path} is full (${code}).`,
      'Free some space and start again; nothing recorded is lost.',
    );
  }
  // Making folders within folders on read-only ground, Node reports the first one as missing.
  const isUnmade = code === 'ENOENT' && 'syscall' in error && error.syscall === 'mkdir';
  if (!unwritableCodes.has(code) && !isUnmade) return undefined;
  return new StartRefused(
    `${path} cannot be written (${code}).`,
    'Give this user the right to write there, or set QMOI_HOME to a folder of its own.',
  );
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What made a start fail, as a sentence: whatever nobody foresaw as well. */
export const refusalOf = (error: unknown): StartRefused =>
  error instanceof StartRefused
    ? error
    : (refusalOfFileError(error) ??
      new StartRefused(
        `The engine failed by a fault of its own: ${textOf(error).split('\n')[0]}.`,
        'The log tells more; start again, and report it if it stays.',
      ));

export const alreadyRunning = ({ pid, url }: RunningProcess): StartRefused =>
  new StartRefused(
    `The engine is already running${url === undefined ? '' : ` at ${url}`} (process ${pid}).`,
    'See it with `npm run revenue:status`, or stop it with `npm run revenue:stop`.',
  );
