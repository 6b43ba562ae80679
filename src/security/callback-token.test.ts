import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCallbackTokens } from './callback-token.ts';
import { keysFor } from './test-kit.ts';

const tokens = createCallbackTokens({ keys: keysFor('callbacks') });
const subjects = fc.bigInt({ min: 0n, max: (1n << 63n) - 1n });
const channels = fc.constantFrom('stk', 'b2c-result', 'b2c-timeout', 'airtel');

describe('callback tokens', () => {
  it('name their subject and prove it', () => {
    fc.assert(
      fc.property(channels, subjects, (channel, subject) => {
        const token = tokens.tokenFor({ channel, subject });
        expect(token).toMatch(/^[0-9a-f]{48}$/);
        expect(tokens.verify({ channel, token })).toEqual({ authentic: true, subject });
      }),
    );
  });

  it('do not survive the change of a single digit', () => {
    fc.assert(
      fc.property(subjects, fc.nat(47), fc.integer({ min: 1, max: 15 }), (subject, at, by) => {
        const token = tokens.tokenFor({ channel: 'stk', subject });
        const digit = ((Number.parseInt(token.charAt(at), 16) + by) % 16).toString(16);
        const forged = `${token.slice(0, at)}${digit}${token.slice(at + 1)}`;
        expect(tokens.verify({ channel: 'stk', token: forged })).toEqual({ authentic: false });
      }),
    );
  });

  it('hold for one channel and one master secret', () => {
    const token = tokens.tokenFor({ channel: 'stk', subject: 7n });
    expect(tokens.verify({ channel: 'b2c-result', token }).authentic).toBe(false);
    const strangers = createCallbackTokens({ keys: keysFor('strangers') });
    expect(strangers.verify({ channel: 'stk', token }).authentic).toBe(false);
  });

  it('refuse what is no token without a fuss', () => {
    const token = tokens.tokenFor({ channel: 'stk', subject: 7n });
    const garbage = ['', 'x', token.toUpperCase(), `${token}0`, `${token}\n`, `0x${token}`, '%00'];
    for (const text of [...garbage, undefined as unknown as string])
      expect(tokens.verify({ channel: 'stk', token: text })).toEqual({ authentic: false });
    fc.assert(
      fc.property(fc.string(), fc.string(), (channel, text) => {
        expect(tokens.verify({ channel, token: text })).toEqual({ authentic: false });
      }),
    );
  });

  it.each([-1n, 1n << 64n])('do not name %d', (subject) => {
    expect(() => tokens.tokenFor({ channel: 'stk', subject })).toThrow('64-bit');
  });
});
