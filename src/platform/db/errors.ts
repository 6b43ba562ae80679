// Class 08 is “connection exception”; 57P01–57P03 are shutdown, crash and start-up; 53300 is “too
// many connections”. PostgreSQL 18 documentation, appendix A.
const awayStates = /^(?:08|57P0[123]|53300|58000|58030)/;
const awaySystemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT']);

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined;

/** True when the database could not be reached or went away: the statement itself is not at fault. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  if (code !== undefined) return awaySystemCodes.has(code) || awayStates.test(code);
  // pg reports a lost connection and an empty pool without a code.
  return (
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered/.test(
      error.message,
    )
  );
}

/** `constraint` narrows the question to one unique index. */
export const isUniqueViolation = (error: unknown, constraint?: string): boolean =>
  codeOf(error) === '23505' &&
  (constraint === undefined ||
    (error instanceof Error && 'constraint' in error && error.constraint === constraint));

/** Serialisation failure or deadlock: the whole transaction may simply be run again. */
export const isRetryable = (error: unknown): boolean => {
  const code = codeOf(error);
  return code === '40001' || code === '40P01';
};
