import { Secret, unreachable, type Clock } from '#kernel';
import { isSuccess, readJson, type HttpLine, type HttpOutcome } from '../http.ts';
import { isAccessToken, type AccessToken, type MintToken, type TokenKeeper } from '../token.ts';
import { isTokenRefusal } from './gateway-codes.ts';
import type { MpesaConfig } from './config.ts';
import { paths } from './requests.ts';
import { errorEnvelope, tokenAnswer } from './wire.ts';

/** What came of one call, before any business meaning. */
export type Exchange =
  /** 2xx with JSON that is no error. */
  | { readonly kind: 'answer'; readonly json: unknown; readonly raw: string }
  /** An error envelope, under whatever HTTP status: Daraja also sends them with 200. */
  | {
      readonly kind: 'rejection';
      readonly status: number;
      readonly code: string;
      readonly description: string;
    }
  /** Stopped at the gateway, before M-Pesa saw it, with a fresh token too. */
  | { readonly kind: 'token-refused'; readonly code: string; readonly description: string }
  | { readonly kind: 'not-sent'; readonly cause: string }
  /** Lost, HTML, empty, a 5xx without an envelope: it may have taken effect. */
  | { readonly kind: 'unclear'; readonly cause: string };

export interface MpesaClient {
  post(path: string, body: object, options: { readonly timeoutMs: number }): Promise<Exchange>;
}

const tokenTimeoutMs = 15_000;

/** Reads one outcome; `description` and `raw` must already be free of the token. */
function exchangeOf(outcome: HttpOutcome): Exchange {
  if (outcome.kind === 'not-sent') return outcome;
  if (outcome.kind === 'lost') return { kind: 'unclear', cause: outcome.cause };
  const { status, body } = outcome;
  const json = readJson(body);
  const envelope = errorEnvelope.safeParse(json);
  const code = envelope.success ? envelope.data.errorCode : String(status);
  const description = envelope.success ? envelope.data.errorMessage : '';
  // 401 has only ever meant the token: wrong, stale, or minted before the app got the product.
  if (status === 401 || (envelope.success && isTokenRefusal(code))) {
    return { kind: 'token-refused', code, description };
  }
  if (envelope.success || status === 429) return { kind: 'rejection', status, code, description };
  if (!isSuccess(status)) return { kind: 'unclear', cause: `HTTP ${status}` };
  if (typeof json !== 'object' || json === null) {
    return { kind: 'unclear', cause: `HTTP ${status} without a JSON object` };
  }
  return { kind: 'answer', json, raw: body };
}

/** Daraja repeats a refused token in its message (`401.002.01`). */
function withoutToken(outcome: HttpOutcome, token: string): HttpOutcome {
  if (outcome.kind !== 'answer' || token === '') return outcome;
  return { ...outcome, body: outcome.body.replaceAll(token, '[secret]') };
}

function createMint(deps: {
  readonly config: MpesaConfig;
  readonly line: HttpLine;
  readonly clock: Clock;
}): MintToken {
  const { config, line, clock } = deps;
  return async () => {
    const pair = `${config.consumerKey.reveal()}:${config.consumerSecret.reveal()}`;
    const mintedAt = clock.now();
    const outcome = await line.send({
      method: 'GET',
      url: `${config.baseUrl}${paths.token}`,
      headers: { authorization: `Basic ${btoa(pair)}`, accept: 'application/json' },
      timeoutMs: tokenTimeoutMs,
    });
    const exchange = exchangeOf(outcome);
    switch (exchange.kind) {
      case 'answer': {
        const answer = tokenAnswer.safeParse(exchange.json);
        if (!answer.success) return { kind: 'unknown', cause: 'a token answer without a token' };
        // Counted from before the question, so never later than the provider's own reckoning.
        const expiresAt = mintedAt + answer.data.expires_in * 1_000;
        return { token: new Secret(answer.data.access_token), expiresAt };
      }
      case 'token-refused':
        return { kind: 'refused', code: exchange.code, description: exchange.description };
      case 'rejection':
        if (exchange.status === 400) {
          return { kind: 'refused', code: exchange.code, description: exchange.description };
        }
        return { kind: 'unknown', cause: `HTTP ${exchange.status}, code ${exchange.code}` };
      case 'not-sent':
      case 'unclear':
        return { kind: 'unknown', cause: exchange.cause };
      default:
        return unreachable(exchange, 'an exchange');
    }
  };
}

/**
 * HTTP to Daraja: the shared token, one refresh and one resend when the gateway refuses it, and
 * nothing else repeated. A call that moves money is never sent again here for any other reason.
 */
export function createMpesaClient(deps: {
  readonly config: MpesaConfig;
  readonly line: HttpLine;
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
}): MpesaClient {
  const { config, line, tokens } = deps;
  const mint = createMint(deps);

  const send = async (
    token: AccessToken,
    call: { readonly path: string; readonly body: string; readonly timeoutMs: number },
  ): Promise<Exchange> => {
    const bearer = token.token.reveal();
    const outcome = await line.send({
      method: 'POST',
      url: `${config.baseUrl}${call.path}`,
      headers: {
        authorization: `Bearer ${bearer}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
      body: call.body,
      timeoutMs: call.timeoutMs,
    });
    return exchangeOf(withoutToken(outcome, bearer));
  };

  return {
    post: async (path, body, { timeoutMs }) => {
      const call = { path, body: JSON.stringify(body), timeoutMs };
      const sendOnce = async (): Promise<{ exchange: Exchange; token?: AccessToken }> => {
        const token = await tokens.get('mpesa', mint);
        if (isAccessToken(token)) return { exchange: await send(token, call), token };
        if (token.kind === 'refused') return { exchange: { ...token, kind: 'token-refused' } };
        return { exchange: { kind: 'not-sent', cause: `no token: ${token.cause}` } };
      };
      const first = await sendOnce();
      if (first.exchange.kind !== 'token-refused' || first.token === undefined) {
        return first.exchange;
      }
      await tokens.drop('mpesa', first.token);
      return (await sendOnce()).exchange;
    },
  };
}
