import { dayMs, err, ok, Secret, type Clock, type EpochMs, type Result } from '#kernel';
import { readJson, type HttpLine, type HttpOutcome, type HttpRequest } from '../http.ts';
import { isAccessToken, type AccessToken, type MintToken, type TokenKeeper } from '../token.ts';
import type { AirtelConfig } from './config.ts';
import { decisiveCode } from './decisive.ts';
import type { RandomBytes } from './pin.ts';
import { paths } from './requests.ts';
import { signMessage } from './signing.ts';
import { encryptionKeyAnswer, readAnswer, tokenAnswer, type EncryptionKey } from './wire.ts';

/** What came of one call, before any business meaning. */
export type Exchange =
  /** Any HTTP answer; `json` is undefined where the body is none. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly json: unknown;
      readonly raw: string;
    }
  /** Token or key was not to be had: Airtel processed nothing. */
  | { readonly kind: 'credentials-refused'; readonly code: string; readonly description: string }
  | { readonly kind: 'not-sent'; readonly cause: string }
  /** It may have arrived and taken effect. */
  | { readonly kind: 'lost'; readonly cause: string };

type Obstacle = Exclude<Exchange, { kind: 'answer' }>;

export interface Order {
  readonly path: string;
  readonly timeoutMs: number;
  /** Makes the body's exact text; asked again, for the same order, after a change of key. */
  readonly compose: () => Promise<Result<string, Obstacle>>;
}

export interface AirtelClient {
  /** A question: moves no money. */
  ask(path: string): Promise<Exchange>;
  /** A POST that may move money: repeated only where Airtel says that it processed nothing. */
  order(order: Order): Promise<Exchange>;
  /** The public key that Airtel serves, kept until a day before it lapses. */
  encryptionKey(): Promise<Result<string, Obstacle>>;
  forgetEncryptionKey(): void;
}

interface Deps {
  readonly config: AirtelConfig;
  readonly line: HttpLine;
  readonly tokens: TokenKeeper;
  readonly clock: Clock;
  readonly random: RandomBytes;
}

const tokenTimeoutMs = 15_000;
const questionTimeoutMs = 20_000;
/** Where a key does not say how long it lives, or lapses within the day. */
const keyKeptAtLeastMs = 5 * 60_000;

function exchangeOf(outcome: HttpOutcome): Exchange {
  if (outcome.kind !== 'answer') return outcome;
  const { status, body } = outcome;
  return { kind: 'answer', status, json: readJson(body), raw: body };
}

const jsonPost = { 'content-type': 'application/json', accept: '*/*' } as const;

function createMint({ config, line, clock }: Deps): MintToken {
  return async () => {
    const mintedAt = clock.now();
    const exchange = exchangeOf(
      await line.send({
        method: 'POST',
        url: `${config.baseUrl}${paths.token}`,
        headers: jsonPost,
        body: JSON.stringify({
          client_id: config.clientId.reveal(),
          client_secret: config.clientSecret.reveal(),
          grant_type: 'client_credentials',
        }),
        timeoutMs: tokenTimeoutMs,
      }),
    );
    if (exchange.kind === 'credentials-refused') return { ...exchange, kind: 'refused' };
    if (exchange.kind !== 'answer') return { kind: 'unknown', cause: exchange.cause };
    const { status, json } = exchange;
    const token = tokenAnswer.safeParse(json);
    if (status === 200 && token.success) {
      // Counted from before the question, so never later than the provider's own reckoning.
      const expiresAt = mintedAt + token.data.expires_in * 1_000;
      return { token: new Secret(token.data.access_token), expiresAt };
    }
    const { codes, message } = readAnswer(json);
    const decisive = decisiveCode(codes, 'prompt');
    // A wrong client, or an address or application that Airtel does not let in.
    if (status < 500 && decisive?.ruling === 'our-fault') {
      return { kind: 'refused', code: decisive.code, description: message };
    }
    return { kind: 'unknown', cause: `HTTP ${status} in place of a token` };
  };
}

/** Documented as 401, observed as 403 with the OAuth envelope; never processed. */
function isTokenRefusal(exchange: Exchange): boolean {
  if (exchange.kind !== 'answer') return false;
  if (exchange.status === 401) return true;
  return exchange.status === 403 && readAnswer(exchange.json).codes.oauthError === 'invalid_token';
}

const tokenRefused = (exchange: Exchange): Exchange => {
  if (exchange.kind !== 'answer') return exchange;
  const { codes, message } = readAnswer(exchange.json);
  const code = codes.oauthError ?? codes.routerCode ?? `HTTP ${exchange.status}`;
  return { kind: 'credentials-refused', code, description: message };
};

const isSignatureMismatch = (exchange: Exchange): boolean =>
  exchange.kind === 'answer' &&
  (['prompt', 'payout', 'refund'] as const).some(
    (product) => decisiveCode(readAnswer(exchange.json).codes, product)?.ruling === 're-key',
  );

type Call = Pick<HttpRequest, 'method' | 'body' | 'timeoutMs'> & {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** With the shared token; a refused token is dropped, minted once and the call repeated once. */
function createAuthorised(deps: Deps): (call: Call) => Promise<Exchange> {
  const { config, line, tokens } = deps;
  const mint = createMint(deps);

  const send = async (bearer: string, { path, headers, ...call }: Call): Promise<Exchange> => {
    const outcome = await line.send({
      ...call,
      url: `${config.baseUrl}${path}`,
      headers: {
        ...headers,
        authorization: `Bearer ${bearer}`,
        'x-country': config.country,
        'x-currency': config.currency,
      },
    });
    if (outcome.kind !== 'answer' || bearer === '') return exchangeOf(outcome);
    return exchangeOf({ ...outcome, body: outcome.body.replaceAll(bearer, '[secret]') });
  };

  const sendOnce = async (
    call: Call,
  ): Promise<{ exchange: Exchange; token?: AccessToken | undefined }> => {
    const token = await tokens.get('airtel', mint);
    if (isAccessToken(token)) return { exchange: await send(token.token.reveal(), call), token };
    if (token.kind === 'refused') {
      return { exchange: { ...token, kind: 'credentials-refused' } };
    }
    return { exchange: { kind: 'not-sent', cause: `no token: ${token.cause}` } };
  };

  return async (call) => {
    const first = await sendOnce(call);
    if (first.token === undefined || !isTokenRefusal(first.exchange)) return first.exchange;
    await tokens.drop('airtel', first.token);
    const second = await sendOnce(call);
    return isTokenRefusal(second.exchange) ? tokenRefused(second.exchange) : second.exchange;
  };
}

/** Keeps the public key; callers who come while it is fetched share that answer. */
function createEncryptionKeys(
  { clock }: Deps,
  fetchKey: () => Promise<Exchange>,
): Pick<AirtelClient, 'encryptionKey' | 'forgetEncryptionKey'> {
  let kept: { readonly base64Der: string; readonly untilAt: EpochMs } | undefined;
  let underWay: Promise<Result<string, Obstacle>> | undefined;

  const keep = ({ base64Der, validUntil }: EncryptionKey): string => {
    const leastAt = clock.now() + keyKeptAtLeastMs;
    kept = { base64Der, untilAt: Math.max(leastAt, (validUntil ?? 0) - dayMs) };
    return base64Der;
  };

  const ask = async (): Promise<Result<string, Obstacle>> => {
    const exchange = await fetchKey();
    // A lost question about the key leaves the order itself unsent.
    if (exchange.kind === 'lost' || exchange.kind === 'not-sent') {
      return err({ kind: 'not-sent', cause: `no encryption key: ${exchange.cause}` });
    }
    if (exchange.kind === 'credentials-refused') return err(exchange);
    const { status, json } = exchange;
    const key = encryptionKeyAnswer.safeParse(json);
    if (status === 200 && key.success) return ok(keep(key.data));
    const decisive = decisiveCode(readAnswer(json).codes, 'prompt');
    if (decisive?.ruling === 'our-fault') {
      const { code, meaning } = decisive;
      return err({ kind: 'credentials-refused', code, description: meaning });
    }
    return err({ kind: 'not-sent', cause: `no encryption key: HTTP ${status}` });
  };

  return {
    encryptionKey: async () => {
      if (kept !== undefined && clock.now() < kept.untilAt) return ok(kept.base64Der);
      underWay ??= ask().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    forgetEncryptionKey: () => {
      kept = undefined;
    },
  };
}

/** HTTP to Airtel. Nothing that may have taken effect is ever sent a second time here. */
export function createAirtelClient(deps: Deps): AirtelClient {
  const { config, random } = deps;
  const authorised = createAuthorised(deps);
  const ask = (path: string): Promise<Exchange> =>
    authorised({ method: 'GET', path, headers: { accept: '*/*' }, timeoutMs: questionTimeoutMs });
  const keys = createEncryptionKeys(deps, () => ask(paths.encryptionKey));

  const signatureHeaders = async (
    body: string,
  ): Promise<Result<Readonly<Record<string, string>>, Obstacle>> => {
    if (config.signing === 'off') return ok({});
    const key = await keys.encryptionKey();
    if (!key.ok) return key;
    const padding = config.keyPadding;
    const headers = signMessage(body, { base64Der: key.value, padding }, random);
    if (headers.ok) return headers;
    const description = `the served public key cannot carry x-key under ${padding}`;
    return err({ kind: 'credentials-refused', code: 'not-sent', description });
  };

  const orderOnce = async ({ path, timeoutMs, compose }: Order): Promise<Exchange> => {
    const body = await compose();
    if (!body.ok) return body.error;
    const signature = await signatureHeaders(body.value);
    if (!signature.ok) return signature.error;
    const headers = { ...jsonPost, ...signature.value };
    return authorised({ method: 'POST', path, headers, body: body.value, timeoutMs });
  };

  return {
    ...keys,
    ask,
    order: async (order) => {
      const first = await orderOnce(order);
      if (config.signing === 'off' || !isSignatureMismatch(first)) return first;
      keys.forgetEncryptionKey();
      return orderOnce(order);
    },
  };
}
