import { invariant } from '#kernel';

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

const depthMax = 16;

/**
 * One text for one value, whatever the order of its members: RFC 8785, so that an outsider can
 * compute the same hash with any library. Members are ordered by UTF-16 code units, which is how
 * JavaScript compares strings; numbers and strings are written as JSON.stringify writes them.
 */
export const canonicalJson = (value: JsonValue): string => write(value, 0);

function write(value: JsonValue, depth: number): string {
  invariant(depth <= depthMax, `JSON to be hashed is at most ${depthMax} levels deep`);
  if (typeof value === 'string') {
    invariant(value.isWellFormed(), 'text to be hashed has no half characters');
    return JSON.stringify(value);
  }
  if (typeof value === 'number') {
    invariant(Number.isFinite(value), 'a number to be hashed is finite');
    return JSON.stringify(value);
  }
  if (typeof value === 'boolean' || value === null) return String(value);
  invariant(typeof value === 'object', 'only JSON can be hashed');
  if (isList(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  const members = Object.keys(value)
    .toSorted(byCodeUnits)
    .map((name) => `${write(name, depth)}:${write(memberOf(value, name), depth + 1)}`);
  return `{${members.join(',')}}`;
}

// Array.isArray does not narrow readonly arrays.
const isList = (value: object): value is readonly JsonValue[] => Array.isArray(value);

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function memberOf(value: { readonly [name: string]: JsonValue }, name: string): JsonValue {
  const member = value[name];
  invariant(member !== undefined, `member ${name} has a value`);
  return member;
}
