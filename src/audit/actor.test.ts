import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { idFromNumber, railIds } from '#kernel';

import { formatActor, parseActor } from './actor.ts';

const actors = fc.oneof(
  fc.constantFrom({ kind: 'cli' } as const, { kind: 'payer' } as const),
  fc.bigInt({ min: 0n, max: (1n << 63n) - 1n }).map((number) => {
    return { kind: 'master', sessionId: idFromNumber('session', number) } as const;
  }),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/).map((part) => ({ kind: 'engine', part }) as const),
  fc.constantFrom(...railIds).map((rail) => ({ kind: 'provider', rail }) as const),
);

describe('an actor', () => {
  it('reads back as itself', () => {
    fc.assert(
      fc.property(actors, (actor) => {
        expect(parseActor(formatActor(actor))).toEqual({ ok: true, value: actor });
      }),
    );
  });

  it.each([
    [{ kind: 'engine', part: 'auto-transfer' } as const, 'engine:auto-transfer'],
    [{ kind: 'provider', rail: 'mpesa' } as const, 'provider:mpesa'],
    [{ kind: 'cli' } as const, 'cli'],
  ])('%o is written %j', (actor, text) => {
    expect(formatActor(actor)).toBe(text);
  });

  it.each([
    '',
    'master',
    'master:',
    'master:ch_0000000000000',
    'engine:',
    'engine:Auto Transfer',
    'engine:a:b',
    'provider:visa',
    'cli:',
    'payer:254712345678',
    'CLI',
  ])('is not read from %j', (text) => {
    expect(parseActor(text)).toEqual({ ok: false, error: 'not-an-actor' });
  });
});
