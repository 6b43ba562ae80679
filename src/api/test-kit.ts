import { randomBytes } from 'node:crypto';

import { createWallClock, dayMs, Secret } from '#kernel';
import { silentLog } from '#platform/log';
import { createRelay, type Relay } from '#platform/outbox';
import { createLocalAccess, createSessions, hashMasterKey } from '#security';
import { expect } from 'vitest';

import { roomyMachine } from '../../test/support/roomy-machine.ts';
import { createTestBusiness, type TestBusiness } from '../../test/support/silent-business.ts';
import type { Api, ApiDeps } from './deps.ts';
import { createApi } from './server.ts';

export const masterKey = 'qmoi-test-key-with-some-length';

/** A request as tests write it. */
export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD' | 'OPTIONS';
  readonly path: string;
  readonly body?: object | string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  /** The session's token unless another is given; null for none. */
  readonly token?: string | null;
  readonly source?: string;
}

export interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of it is its type
  readonly json: any;
}

export interface TestApi extends TestBusiness {
  readonly api: Api;
  readonly deps: ApiDeps;
  readonly relay: Relay;
  readonly cliToken: string;
  readonly nudges: string[];
  readonly logLines: { readonly fields: object; readonly message: string }[];
  /** The token of a fresh session. */
  login(): Promise<string>;
  ask(ask: Ask): Promise<Told>;
  /** Money as a provider reports it, by the callback door; answers the payment. */
  pay(payment: {
    readonly receipt: string;
    readonly kes: number;
    readonly reference: string;
    readonly payer?: string;
    readonly daysAgo?: number;
  }): Promise<Told>;
}

/** The API over real services and a real database; `change` replaces doors by scripted ones. */
export async function createTestApi(
  change: (deps: ApiDeps) => Partial<ApiDeps> = () => ({}),
  connections: Parameters<typeof createTestBusiness>[0] = {},
): Promise<TestApi> {
  const world = await createTestBusiness(connections);
  const { business, clock, keys } = world;
  const nudges: string[] = [];
  const logLines: TestApi['logLines'] = [];
  const note = (fields: object, message: string): void => void logLines.push({ fields, message });
  const log = { ...silentLog, info: note, warn: note, error: note, child: () => log };
  const localAccess = createLocalAccess({ keys, random: randomBytes });
  const relay = createRelay({
    ...business,
    clock: createWallClock(),
    startAfter: business.ids.next('event'),
  });
  const plain: ApiDeps = {
    ...business,
    ping: business.database.ping,
    callbackTokens: business.tokens,
    clock,
    log,
    mode: 'sandbox',
    businessName: 'Duka la Mama',
    version: '1.2.3',
    startedAt: clock.now(),
    trustedProxies: ['10.0.0.0/8'],
    payTo: new Map([['mpesa', { kind: 'paybill', number: world.shortCode }]]),
    sessions: createSessions({
      ...business,
      masterKeyHash: await hashMasterKey(new Secret(masterKey), randomBytes),
      recordAudit: business.audit.record,
    }),
    localAccess,
    relay,
    nudge: (step) => void nudges.push(step),
    surroundings: roomyMachine,
  };
  const deps = { ...plain, ...change(plain) };
  const api = await createApi(deps);

  const ask = async (question: Ask): Promise<Told> => {
    const { method = 'GET', path, body, headers = {}, token, source } = question;
    const bearer = token === null ? undefined : (token ?? (await session()));
    const answer = await api.inject({
      method,
      url: path,
      headers: {
        ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body }),
      ...(source === undefined ? {} : { remoteAddress: source }),
    });
    const isJson = /json/.test(String(answer.headers['content-type']));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      json: isJson && answer.body !== '' ? JSON.parse(answer.body) : undefined,
    };
  };

  const login = async (): Promise<string> => {
    const told = await ask({
      method: 'POST',
      path: '/api/qmoi/master/login',
      body: { key: masterKey },
      token: null,
    });
    expect(told.status).toBe(200);
    return String(told.json.token);
  };
  let opened: Promise<string> | undefined;
  const session = (): Promise<string> => (opened ??= login());

  return {
    ...world,
    api,
    deps,
    relay,
    cliToken: localAccess.token.reveal(),
    nudges,
    logLines,
    login,
    ask,
    pay: ({ receipt, kes, reference, payer = '254712345678', daysAgo = 0 }) => {
      const channel = 'paybill-confirmation';
      const token = business.tokens.tokenFor({ channel, subject: 0n });
      const event = {
        kind: 'payer-payment',
        receipt,
        amountMinor: String(kes * 100),
        shortCode: world.shortCode,
        accountReference: reference,
        payer,
        payerName: 'ACHIENG',
        occurredAt: clock.now() - daysAgo * dayMs,
      };
      const body = JSON.stringify(event);
      return ask({ method: 'POST', path: `/hooks/${channel}/${token}`, body, token: null });
    },
    close: async () => {
      await api.close();
      await relay.stop();
      await world.close();
    },
  };
}
