import { createHmac } from 'node:crypto';

import { type Context, happens } from './context.ts';
import { type Fields, fieldsOf } from './checks.ts';
import { type Answer, envelopeB } from './envelopes.ts';
import { numberIn } from './store.ts';

export interface Tokens {
  answer(body: unknown): Answer;
  /** The refusal, or nothing for a bearer that is known and fresh. */
  refusalOf(authorization: string | undefined): Answer | undefined;
  reset(): void;
}

const tokenLength = 32;

export function createTokens(context: Context): Tokens {
  const { clock, config, store } = context;

  const mint = (): string => {
    if (context.knobs().newTokenKillsOld) store.run('delete from token');
    store.run('delete from token where expires_at <= ?', clock.now());
    // Opaque and unguessable, yet the same in every run of the same state.
    const token = createHmac('sha256', config.clientSecret.reveal())
      .update(`token ${store.next('token')}`)
      .digest('base64')
      .replaceAll(/[^A-Za-z0-9]/g, '')
      .slice(0, tokenLength);
    const expiresAt = clock.now() + config.timings.tokenLifeMs;
    store.run('insert into token values (?, ?)', token, expiresAt);
    return token;
  };
  const isKnownClient = (fields: Fields): boolean =>
    fields['client_id'] === config.clientId &&
    fields['client_secret'] === config.clientSecret.reveal();
  return {
    answer: (body) => {
      const fields = fieldsOf(body) ?? {};
      if (!isKnownClient(fields)) {
        return envelopeB(400, 'invalid_client', 'Invalid client authentication');
      }
      // Assumed: the documents show this grant only.
      if (fields['grant_type'] !== 'client_credentials') {
        return envelopeB(400, 'unsupported_grant_type', 'Unsupported grant type');
      }
      const seconds = Math.floor(config.timings.tokenLifeMs / 1000);
      return {
        httpStatus: 200,
        body: {
          access_token: store.transact(mint),
          expires_in: context.knobs().expiresIn === 'string' ? String(seconds) : seconds,
          token_type: 'bearer',
        },
      };
    },
    refusalOf: (authorization) => {
      const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
      const row = store.get('select expires_at from token where token = ?', token);
      const isFresh = row !== undefined && numberIn(row, 'expires_at') > clock.now();
      if (isFresh && !happens(context, context.knobs().tokenRevoked)) return undefined;
      if (isFresh) store.run('delete from token where token = ?', token);
      // 401 documented, 403 observed (sheet §3).
      return envelopeB(
        context.knobs().badTokenStatus,
        'invalid_token',
        'The access token is invalid or has expired',
      );
    },
    reset: () => store.run('delete from token'),
  };
}
