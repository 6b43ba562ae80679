// SQLSTATE classes that another try may survive: connection (08), rollback after a deadlock (40),
// resources (53), object in use (55), operator intervention (57), system (58), and 25006: a server
// that has just become a standby. PostgreSQL 18 documentation, appendix A.
const passing = /^(?:08|40|53|55|57|58|25006)/;
const sqlState = /^[0-9A-Z]{5}$/;
// Faults of the program, found by their names: they come back with the same callback.
const defects = new Set([
  'InvariantViolation',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'SealBroken',
]);

/**
 * True when a callback breaks its own transaction and would again. Everything else may be the
 * database's trouble, and waits in the spool until it is over.
 */
export function isOwnFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (code === undefined || !sqlState.test(code)) return defects.has(error.name);
  return !passing.test(code);
}
