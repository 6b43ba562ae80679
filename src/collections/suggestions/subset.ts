/** A few numbers that add up to another one, put as a mixed-integer program. */

/** As many charges are looked at together; with more, nothing is said. */
export const candidatesMax = 40;

const divisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : divisor(b, a % b));

const nameOf = (index: number): string => `x${index}`;

const termsOf = (weights: readonly bigint[]): string =>
  weights
    .map(
      (weight, index) => `${weight < 0n ? '-' : '+'} ${weight < 0n ? -weight : weight} x${index}`,
    )
    .join(' ');

/**
 * In the text form of linear programs: which of the amounts add up to the target, other than the
 * subset that is known already. Undefined where none can.
 */
export function subsetProgram(
  amounts: readonly bigint[],
  targetMinor: bigint,
  known: ReadonlySet<number> | undefined,
): string | undefined {
  // Small whole numbers keep the solver's tolerances far below one unit.
  const unit = amounts.reduce(divisor, 0n);
  if (unit === 0n || targetMinor % unit !== 0n) return undefined;
  const weights = amounts.map((amount) => amount / unit);
  const rows = [`sum: ${termsOf(weights)} = ${targetMinor / unit}`];
  if (known !== undefined) {
    // At least one choice differs.
    const signs = amounts.map((_, index) => (known.has(index) ? -1n : 1n));
    rows.push(`other: ${termsOf(signs)} >= ${1 - known.size}`);
  }
  return [
    'Minimize',
    'obj: 0 x0',
    'Subject To',
    ...rows,
    'Binary',
    amounts.map((_, index) => nameOf(index)).join(' '),
    'End',
  ].join('\n');
}

/** Which amounts a solution takes; undefined where they do not add up to the cent. */
export function subsetOf(
  amounts: readonly bigint[],
  targetMinor: bigint,
  valueOf: (name: string) => number,
): ReadonlySet<number> | undefined {
  const taken = amounts.flatMap((_, index) => (valueOf(nameOf(index)) > 0.5 ? [index] : []));
  const sum = taken.reduce((total, index) => total + (amounts[index] ?? 0n), 0n);
  return sum === targetMinor ? new Set(taken) : undefined;
}
