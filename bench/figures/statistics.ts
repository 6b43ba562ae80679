/** What several rounds say together. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function medianOf(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN;
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export const spreadOf = (values: readonly number[]): Spread =>
  values.length === 0
    ? { median: Number.NaN, min: Number.NaN, max: Number.NaN }
    : { median: medianOf(values), min: Math.min(...values), max: Math.max(...values) };

/**
 * Round by round, one over the other: what slows a machine for a while slows both. Rounds in which
 * either is missing or zero say nothing.
 */
export function pairedRatios(
  above: readonly (number | undefined)[],
  below: readonly (number | undefined)[],
): readonly number[] {
  return above.flatMap((value, round) => {
    const other = below[round];
    return value === undefined || other === undefined || other === 0 ? [] : [value / other];
  });
}

export const medianRatio = (
  above: readonly (number | undefined)[],
  below: readonly (number | undefined)[],
): number => medianOf(pairedRatios(above, below));
