import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalJson, type JsonValue } from './canonical-json.ts';

const values = fc.jsonValue({ maxDepth: 6 }) as fc.Arbitrary<JsonValue>;

const isObject = (value: JsonValue): value is { readonly [name: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same value with the members of every object in the opposite order. */
const reversed = (value: JsonValue): JsonValue => {
  if (Array.isArray(value)) return value.map((item: JsonValue) => reversed(item));
  if (!isObject(value)) return value;
  const members = Object.entries(value).toReversed();
  return Object.fromEntries(members.map(([name, member]) => [name, reversed(member)]));
};

describe('canonical JSON', () => {
  it('means the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('is one text whatever the order of members', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  // RFC 8785, sections 3.2.2 and 3.2.3.
  it.each([
    [{ b: 1, a: [2, { d: null, c: true }] }, '{"a":[2,{"c":true,"d":null}],"b":1}'],
    [[333333333.3333333, 1e30, 4.5, 2e-3, 1e-27], '[333333333.3333333,1e+30,4.5,0.002,1e-27]'],
    ['\u20ac$\u000f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
    [
      { '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, '\u0080': 5, '\ufb33': 6, ö: 7 },
      '{"\\r":2,"1":3,"\u0080":5,"ö":7,"€":1,"\ud83d\ude00":4,"\ufb33":6}',
    ],
    [-0, '0'],
    [{}, '{}'],
  ])('writes %j as RFC 8785 does', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ['infinity', 'finite', Number.POSITIVE_INFINITY],
    ['no number', 'finite', Number.NaN],
    ['half a character', 'half characters', 'a\ud800'],
    ['half a character in a name', 'half characters', { '\ud800': 1 }],
    ['nothing', 'only JSON', undefined],
    ['a member without a value', 'has a value', { a: undefined }],
    ['a bigint', 'only JSON', 1n],
    ['a function', 'only JSON', () => 1],
  ])('refuses %s: %s', (_what, why, value) => {
    expect(() => canonicalJson(value as JsonValue)).toThrow(why);
  });

  it('refuses what is nested without end', () => {
    const nest = (depth: number): JsonValue => (depth === 0 ? [] : [nest(depth - 1)]);
    expect(() => canonicalJson(nest(17))).toThrow('levels');
    expect(canonicalJson(nest(15))).toBe(`${'['.repeat(16)}${']'.repeat(16)}`);
  });
});
