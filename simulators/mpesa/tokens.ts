import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '#kernel';
import type { SimulatorConfig } from './config.ts';
import type { Dice } from './dice.ts';
import { type KnobBoard, type Product, products } from './knobs.ts';
import { numberIn, type Store, textIn } from './store.ts';

export type TokenVerdict = 'valid' | 'invalid' | 'no-product';

export interface Tokens {
  isClient(authorization: string | undefined): boolean;
  issue(): { access_token: string; expires_in: string | number };
  check(token: string | undefined, product: Product): TokenVerdict;
  reset(): number;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
const tokenLength = 28;

interface TokensDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly knobs: KnobBoard;
  readonly dice: Dice;
  readonly config: SimulatorConfig;
}

/**
 * Tokens of 28 characters (observed) that live 3599 seconds (documented). A token carries the
 * products its app had when it was minted (observed in production).
 */
export function createTokens({ clock, store, knobs, dice, config }: TokensDeps): Tokens {
  const expected = `Basic ${Buffer.from(`${config.consumerKey}:${config.consumerSecret}`).toString(
    'base64',
  )}`;
  return {
    isClient: (authorization) =>
      timingSafeEqual(Buffer.from(hashOf(authorization ?? '')), Buffer.from(hashOf(expected))),
    issue: () => {
      const { newTokenKillsOld, expiresIn, tokenTtlSeconds, missingProducts } = knobs.current();
      const token = randomBytes(48)
        .toString('base64')
        .replaceAll(/[^A-Za-z0-9]/g, '')
        .slice(0, tokenLength)
        .padEnd(tokenLength, '0');
      store.transaction(() => {
        store.run('delete from tokens where expires_at <= ?', clock.now());
        if (newTokenKillsOld) store.run('delete from tokens');
        store.run(
          'insert into tokens (token_hash, missing_products, expires_at) values (?, ?, ?)',
          hashOf(token),
          missingProducts.join(' '),
          clock.now() + tokenTtlSeconds * 1000,
        );
      });
      const expires_in = expiresIn === 'string' ? String(tokenTtlSeconds) : tokenTtlSeconds;
      return { access_token: token, expires_in };
    },
    check: (token, product) => {
      const row = store.first(
        'select missing_products, expires_at from tokens where token_hash = ?',
        hashOf(token ?? ''),
      );
      if (row === undefined || numberIn(row, 'expires_at') <= clock.now()) return 'invalid';
      if (dice.chance(knobs.current().tokenRevoked)) {
        store.run('delete from tokens where token_hash = ?', hashOf(token ?? ''));
        return 'invalid';
      }
      const missing = textIn(row, 'missing_products').split(' ');
      const isMissing = products.some((name) => name === product && missing.includes(name));
      return isMissing ? 'no-product' : 'valid';
    },
    reset: () => store.run('delete from tokens'),
  };
}
