// Class 08 is “connection exception”, 53 “insufficient resources” (disk full, too many
// connections), 57P01–57P05 are shutdown, crash, start-up and dropped sessions, 58000 and 58030
// system and I/O errors; 25006 is what a server says that has become a standby. PostgreSQL 18
// documentation, appendix A.
const awayStates = /^(?:08|53|57P0[1-5]$|58000$|58030$|25006$)/;
const awaySystemCodes = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);
// pg reports a lost connection and an empty pool without a code.
const awayMessages =
  /Connection terminated|timeout (?:exceeded when|expired)|encountered a connection error/;

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** True when the database could not be reached or went away: the statement is not at fault. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return awaySystemCodes.has(code) || awayStates.test(code);
  return error instanceof Error && awayMessages.test(error.message);
}

/** `constraint` narrows the question to one unique index. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  codeOf(error) === '23505' &&
  (constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint));

/** A statement came after one that had failed: it tells nothing of why. */
export const isAfterFailure = (error: unknown): boolean => codeOf(error) === '25P02';

/** Serialisation failure or deadlock: the whole transaction may simply be run again. */
export const isRetryable = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
};
