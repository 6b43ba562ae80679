/** Says what is wrong with a value, or nothing when it will do. */
export type Check = (value: unknown) => string | undefined;
export type Checks = Readonly<Record<string, Check | Readonly<Record<string, Check>>>>;
export type Fields = Readonly<Record<string, unknown>>;

/** A week: no delay in this simulator is longer, and timers stay far below their 24-day limit. */
const delayMsMax = 7 * 24 * 60 * 60 * 1000;

export const rate: Check = (value) =>
  typeof value === 'number' && value >= 0 && value <= 1 ? undefined : 'must be a rate from 0 to 1';

export const flag: Check = (value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false';

export const delayMs: Check = wholeNumber(0, delayMsMax);

export function wholeNumber(low: number, high: number): Check {
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high
      ? undefined
      : `must be a whole number from ${low} to ${high}`;
}

export function oneOf(options: readonly (string | number)[]): Check {
  return (value) => {
    const found = options.some((option) => option === value);
    return found ? undefined : `must be one of ${options.join(', ')}`;
  };
}

/** A list whose members each pass a check of their own. */
export function listOf(lengthMax: number, check: Check): Check {
  return (value) => {
    if (!Array.isArray(value) || value.length > lengthMax) {
      return `must be a list of at most ${lengthMax}`;
    }
    return value.map(check).find((problem) => problem !== undefined);
  };
}

export function text(lengthMax: number): Check {
  return (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= lengthMax
      ? undefined
      : `must be a text of 1 to ${lengthMax} characters`;
}

export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : undefined;

/** Lays `patch` over `base` one level deep; every problem is named, and none is passed over. */
export function overlay(
  base: object,
  patch: unknown,
  checks: Checks,
): { readonly merged: Fields; readonly problems: readonly string[] } {
  const given = fieldsOf(patch);
  if (given === undefined) return { merged: { ...base }, problems: ['must be an object'] };
  const merged: Record<string, unknown> = { ...base };
  const problems: string[] = [];
  for (const [name, value] of Object.entries(given).filter(([, found]) => found !== undefined)) {
    const check = checks[name];
    if (check === undefined) problems.push(`${name}: unknown`);
    else if (typeof check === 'function') {
      const problem = check(value);
      if (problem !== undefined) problems.push(`${name}: ${problem}`);
      merged[name] = value;
    } else {
      const inner = overlay(fieldsOf(merged[name]) ?? {}, value, check);
      problems.push(...inner.problems.map((problem) => `${name}.${problem}`));
      if (problemOfRange(inner.merged)) problems.push(`${name}.min: must not exceed max`);
      merged[name] = inner.merged;
    }
  }
  return { merged, problems };
}

function problemOfRange({ min, max }: { readonly min?: unknown; readonly max?: unknown }): boolean {
  return typeof min === 'number' && typeof max === 'number' && min > max;
}
