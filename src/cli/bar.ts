/** A bar to the target, with what should be seen on the way there. */
export interface Progress {
  readonly amount: number;
  readonly target: number;
  /** Where a usual day would be by now. */
  readonly expected?: number;
  readonly minimum?: number;
}

export const signs = { done: '█', open: '░', pace: '│', minimum: '╎' } as const;

const cellOf = (amount: number, target: number, cells: number): number =>
  target <= 0 ? cells : Math.min(cells, Math.max(0, Math.floor((amount / target) * cells)));

/** A full bar means the target is reached: rounding never fills the last cell. */
export function progressBar(progress: Progress, cells: number): string {
  const { amount, target, expected, minimum } = progress;
  const done = cellOf(amount, target, cells);
  const bar = Array.from({ length: cells }, (_, n): string => (n < done ? signs.done : signs.open));
  const mark = (at: number | undefined, sign: string): void => {
    if (at !== undefined) bar[Math.min(cells - 1, cellOf(at, target, cells))] = sign;
  };
  mark(minimum, signs.minimum);
  mark(expected, signs.pace);
  return bar.join('');
}

/** Whole per cent, rounded down; 100 only when there. */
export const percentOf = (amount: number, target: number): number =>
  target <= 0 ? 100 : Math.max(0, Math.floor((amount / target) * 100));
