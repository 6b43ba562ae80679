import { inspect } from 'node:util';

import { expect, it } from 'vitest';

import { Secret } from './secret.ts';

const secret = new Secret('hunter2');

it.each([
  ['String', String(secret)],
  ['concatenation', ['', secret].join('')],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ deep: { secret } }, { showHidden: true, depth: 9 })],
  ['keys', JSON.stringify(Object.entries(secret))],
  ['copies', JSON.stringify({ ...secret })],
])('a secret does not show in a %s', (_way, text) => {
  expect(text).not.toContain('hunter2');
});

it('is revealed by name only', () => {
  expect(secret.reveal()).toBe('hunter2');
});
