import { describe, expect, it } from 'vitest';
import { createVirtualClock } from '#kernel';
import type { HttpOutcome, HttpRequest } from '../http.ts';
import { createMemoryTokenKeeper } from '../token-memory.ts';
import { createMpesaClient } from './client.ts';
import { configWithoutOperator as config, says } from './test-kit.ts';

const lost: HttpOutcome = { kind: 'lost', cause: 'timeout' };
const tokenSays = (n: number, expires_in: unknown = '3599') =>
  says({ access_token: `opaque-token-${n}`, expires_in });
const staleness = says({ errorCode: '404.001.03', errorMessage: 'Invalid Access Token' }, 404);

interface Script {
  readonly calls?: readonly HttpOutcome[];
  readonly mints?: readonly HttpOutcome[];
}

function createScene({ calls = [], mints }: Script = {}) {
  const sent: HttpRequest[] = [];
  const minted: HttpRequest[] = [];
  const clock = createVirtualClock(0);
  const client = createMpesaClient({
    config,
    line: {
      send: async (request) => {
        if (request.method === 'POST') {
          sent.push(request);
          return calls[sent.length - 1] ?? lost;
        }
        minted.push(request);
        return mints === undefined ? tokenSays(minted.length) : (mints[minted.length - 1] ?? lost);
      },
    },
    tokens: createMemoryTokenKeeper({ clock }),
    clock,
  });
  const post = () => client.post('/x', { a: 1 }, { timeoutMs: 7 });
  const bearers = () => sent.map(({ headers }) => headers['authorization']);
  return { post, sent, minted, clock, bearers };
}

describe('a call', () => {
  it('carries a token that was asked for with key and secret', async () => {
    const { post, sent, minted } = createScene({ calls: [says({ fine: true })] });
    expect(await post()).toEqual({ kind: 'answer', json: { fine: true }, raw: '{"fine":true}' });
    expect(minted).toEqual([
      {
        method: 'GET',
        url: 'https://daraja.invalid/oauth/v1/generate?grant_type=client_credentials',
        headers: { authorization: 'Basic a2V5OnNlY3JldA==', accept: 'application/json' },
        timeoutMs: 15_000,
      },
    ]);
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'https://daraja.invalid/x',
        headers: {
          authorization: 'Bearer opaque-token-1',
          'content-type': 'application/json',
          accept: 'application/json',
        },
        body: '{"a":1}',
        timeoutMs: 7,
      },
    ]);
  });

  it.each(['3599', 3599])('keeps a token for %j seconds, less a minute', async (expires) => {
    const { post, minted, clock } = createScene({
      calls: Array.from({ length: 3 }, () => says({})),
      mints: [tokenSays(1, expires), tokenSays(2, expires)],
    });
    await post();
    await clock.advance(3_538_000);
    await post();
    expect(minted).toHaveLength(1);
    await clock.advance(1_000);
    await post();
    expect(minted).toHaveLength(2);
  });

  it('twenty at a time share one token', async () => {
    const calls = Array.from({ length: 20 }, () => says({}));
    const { post, minted } = createScene({ calls });
    await Promise.all(calls.map(() => post()));
    expect(minted).toHaveLength(1);
  });
});

describe('a refused token', () => {
  it.each([
    [404, '404.001.03'],
    [401, '401.002.01'],
    [400, '400.003.01'],
    [401, '401.003.01'],
    [401, '401.001'],
    [200, '404.001.03'],
  ])('HTTP %d, %s: fetches one anew and sends again', async (status, errorCode) => {
    const refusal = says({ errorCode, errorMessage: 'Invalid Access Token' }, status);
    const { post, sent, bearers } = createScene({ calls: [refusal, says({ fine: true })] });
    expect((await post()).kind).toBe('answer');
    expect(bearers()).toEqual(['Bearer opaque-token-1', 'Bearer opaque-token-2']);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.body).toBe(sent[0]?.body);
  });

  it('needs no envelope under HTTP 401', async () => {
    const bare: HttpOutcome = { kind: 'answer', status: 401, body: 'no apiproduct match found' };
    const { post, sent } = createScene({ calls: [bare, says({})] });
    expect((await post()).kind).toBe('answer');
    expect(sent).toHaveLength(2);
  });

  it('is answered as such when the fresh one is refused too', async () => {
    const { post, sent } = createScene({ calls: [staleness, staleness, says({})] });
    expect(await post()).toEqual({
      kind: 'token-refused',
      code: '404.001.03',
      description: 'Invalid Access Token',
    });
    expect(sent).toHaveLength(2);
  });

  it('twenty at a time fetch one more token, not twenty', async () => {
    const stale = Array.from({ length: 20 }, () => staleness);
    const fine = Array.from({ length: 20 }, () => says({}));
    const { post, sent, minted } = createScene({ calls: [...stale, ...fine] });
    const answers = await Promise.all(stale.map(() => post()));
    expect(answers.every(({ kind }) => kind === 'answer')).toBe(true);
    expect(sent).toHaveLength(40);
    expect(minted).toHaveLength(2);
  });

  it('is not repeated to anyone', async () => {
    const refusal = (n: number) =>
      says({ errorCode: '401.002.01', errorMessage: `Invalid - opaque-token-${n}` }, 401);
    const { post } = createScene({ calls: [refusal(1), refusal(2)] });
    expect(await post()).toMatchObject({ description: 'Invalid - [secret]' });
  });
});

describe('a second sending', () => {
  it.each([
    ['after a time-out', lost],
    ['without a connection', { kind: 'not-sent', cause: 'ECONNREFUSED' } as const],
    ['after HTTP 500', says({ errorCode: '500.003.1001', errorMessage: '' }, 500)],
    ['after a spike arrest', says({ errorCode: '500.003.02', errorMessage: '' }, 500)],
    ['after HTTP 400', says({ errorCode: '400.002.02', errorMessage: '' }, 400)],
  ])('never happens %s', async (_, outcome) => {
    const { post, sent } = createScene({ calls: [outcome, says({})] });
    expect((await post()).kind).not.toBe('answer');
    expect(sent).toHaveLength(1);
  });
});

describe('without a token', () => {
  const badKey = says({ errorCode: '400.008.01', errorMessage: 'Invalid Authentication' }, 400);

  it.each([
    ['a bad key', badKey, { kind: 'token-refused', code: '400.008.01' }],
    ['a time-out', lost, { kind: 'not-sent', cause: 'no token: timeout' }],
    ['a wall', says('blocked', 403), { kind: 'not-sent', cause: 'no token: HTTP 403' }],
    ['no token in it', says({ expires_in: 1 }), { kind: 'not-sent' }],
    ['no life in it', tokenSays(1, 0), { kind: 'not-sent' }],
    ['no lifetime', tokenSays(1, 'soon'), { kind: 'not-sent' }],
    [
      'a spike arrest',
      says({ errorCode: '500.003.02', errorMessage: '' }, 500),
      { kind: 'not-sent', cause: 'no token: HTTP 500, code 500.003.02' },
    ],
  ])('nothing is sent: %s', async (_, mint, exchange) => {
    const { post, sent } = createScene({ mints: [mint] });
    expect(await post()).toMatchObject(exchange);
    expect(sent).toHaveLength(0);
  });

  it('a refusal is not kept', async () => {
    const { post } = createScene({ mints: [badKey, tokenSays(1)], calls: [says({})] });
    expect((await post()).kind).toBe('token-refused');
    expect((await post()).kind).toBe('answer');
  });
});
