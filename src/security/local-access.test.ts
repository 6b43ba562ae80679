import { describe, expect, it } from 'vitest';

import { createLocalAccess } from './local-access.ts';
import { createSeededRandom, keysFor } from './test-kit.ts';

describe('local access', () => {
  const random = createSeededRandom('start');
  const access = createLocalAccess({ keys: keysFor('cli'), random });
  const token = access.token.reveal();

  it('lets in who can quote the token on the machine itself', () => {
    expect(access.matches({ token, source: '127.0.0.1' })).toBe(true);
    expect(access.matches({ token, source: '::1' })).toBe(true);
  });

  it.each([
    ['from another machine', { token, source: '10.0.0.7' }],
    ['without a token', { token: '', source: '127.0.0.1' }],
    ['with half a token', { token: token.slice(0, 32), source: '127.0.0.1' }],
    ['with a token and more', { token: `${token}0`, source: '127.0.0.1' }],
  ])('refuses %s', (_case, presented) => {
    expect(access.matches(presented)).toBe(false);
  });

  it('is another at every start and with every master secret', () => {
    const again = createLocalAccess({ keys: keysFor('cli'), random });
    const seed = createSeededRandom('start');
    const stranger = createLocalAccess({ keys: keysFor('other'), random: seed });
    expect(again.matches({ token, source: '127.0.0.1' })).toBe(false);
    expect(stranger.matches({ token, source: '127.0.0.1' })).toBe(false);
  });
});
