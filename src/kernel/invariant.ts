/** A statement about the books or the program that must never be false. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** Throws `InvariantViolation` unless the condition holds; use it where money moves. */
export function invariant(condition: boolean, statement: string): asserts condition {
  if (!condition) throw new InvariantViolation(statement);
}

/** Closes an exhaustive switch: a new case without a branch fails to compile. */
export function unreachable(value: never, what: string): never {
  throw new InvariantViolation(`${what}: no branch for ${JSON.stringify(value)}`);
}
