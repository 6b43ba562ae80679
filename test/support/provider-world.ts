import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import type { FastifyInstance } from 'fastify';

import {
  createVirtualClock,
  invariant,
  parseAmountMinor,
  parseMsisdn,
  type Msisdn,
  type VirtualClock,
} from '#kernel';
import {
  callbackChannels,
  type CallbackAnswer,
  type CallbackChannel,
  type HttpLine,
  type HttpOutcome,
  type Rail,
} from '#rails';

import type { RailWorld, ReceivedCallback } from '#rails/test-kit';

/** A simulator in this process, on a virtual clock, reached without a port. */
export interface Provider {
  readonly app: FastifyInstance;
  stop(): Promise<void>;
}

type Admin = (
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
) => Promise<Record<string, unknown>>;

export interface ProviderWorld extends RailWorld {
  readonly clock: VirtualClock;
  /** The simulator's admin API, below `/sim`. */
  readonly admin: Admin;
  /** The same for what it answers as a file. */
  adminText(path: string): Promise<string>;
  /** Answers callbacks as this rail says; until then with an empty 200. */
  answerAs(rail: Pick<Rail, 'acknowledge'>): void;
  pass(ms: number): Promise<void>;
  /** Lets time run until an answer has come. */
  waitFor<T>(answer: Promise<T>): Promise<T>;
}

export interface ProviderPlan {
  /** Prefix of the phones made here: a range of the rail. */
  readonly phonePrefix: string;
  /** Long enough for everything to end and an enquiry to be allowed. */
  readonly settleMs: number;
  readonly start: (stage: {
    readonly clock: VirtualClock;
    readonly stateDir: string;
    /** Takes a callback in and answers it, as an HTTP receiver would. */
    readonly receive: (url: string, body: string) => CallbackAnswer;
  }) => Promise<Provider>;
  /** Brings money into the business wallet, in a way that the provider has too. */
  readonly fund: (admin: Admin) => Promise<void>;
  readonly withoutPrompt?: { readonly shortCode: string };
}

const startAt = Date.UTC(2026, 10, 23, 9, 0, 0);
const stepMs = 1_000;
const promptWaitsMax = 50;
const answerWaitsMax = 600;

/** Lets everything that was resolved run on: network-less requests take a few turns of the loop. */
async function breathe(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}

/** As a network would: an answer that does not come in time is lost, and so is one cut off. */
const lineTo = (provider: Provider, clock: VirtualClock): HttpLine => ({
  send: async ({ method, url, headers, body, timeoutMs }) => {
    const { pathname, search } = new URL(url);
    const answered = provider.app
      .inject({
        method,
        url: `${pathname}${search}`,
        headers,
        ...(body === undefined ? {} : { payload: body }),
      })
      .then(
        (answer): HttpOutcome => ({
          kind: 'answer',
          status: answer.statusCode,
          body: answer.body,
        }),
        (): HttpOutcome => ({ kind: 'lost', cause: 'connection reset' }),
      );
    const inTime = new AbortController();
    const tooLate = clock
      .sleep(timeoutMs, inTime.signal)
      .then((): HttpOutcome => ({ kind: 'lost', cause: 'timeout' }));
    const outcome = await Promise.race([answered, tooLate]);
    inTime.abort();
    return outcome;
  },
});

export async function openProviderWorld(plan: ProviderPlan): Promise<ProviderWorld> {
  const clock = createVirtualClock(startAt);
  const stateDir = await mkdtemp(join(tmpdir(), 'qmoi-provider-'));
  const callbacks: ReceivedCallback[] = [];
  let acknowledge: Rail['acknowledge'] = () => ({ statusCode: 200, body: '' });
  const receive = (url: string, body: string): CallbackAnswer => {
    const [name, token] = new URL(url).pathname.split('/').slice(2);
    const channel = callbackChannels.find((known) => known === name);
    invariant(channel !== undefined, `${url} is an address given out here`);
    callbacks.push({ channel, token, body: Buffer.from(body) });
    return acknowledge(channel);
  };
  const provider = await plan.start({ clock, stateDir, receive });
  let phones = 0;

  const admin: Admin = async (method, path, body) => {
    const answer = await provider.app.inject({
      method,
      url: `/sim${path}`,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    invariant(answer.statusCode < 300, `${method} ${path} answered ${answer.body}`);
    return answer.json() as Record<string, unknown>;
  };

  const adminText = async (path: string): Promise<string> => {
    const answer = await provider.app.inject({ method: 'GET', url: `/sim${path}` });
    invariant(answer.statusCode === 200, `GET ${path} answered ${answer.body}`);
    return answer.body;
  };

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await clock.advance(stepMs);
      await breathe();
    }
  };

  const openPrompt = async (msisdn: Msisdn): Promise<string> => {
    for (let attempt = 0; attempt < promptWaitsMax; attempt += 1) {
      const { prompts } = await admin('GET', '/prompts?state=open');
      const prompt = (prompts as { id: string; msisdn: string }[]).find(
        (open) => open.msisdn === msisdn,
      );
      if (prompt !== undefined) return prompt.id;
      await pass(stepMs);
    }
    throw new Error('no prompt appeared on the phone');
  };

  const act = async (msisdn: Msisdn, action: string): Promise<void> => {
    await admin('POST', `/prompts/${await openPrompt(msisdn)}`, { action });
  };

  const waitFor = async <T>(answer: Promise<T>): Promise<T> => {
    const come = new AbortController();
    const noted = answer.finally(() => come.abort());
    await breathe();
    for (let waits = 0; waits < answerWaitsMax && !come.signal.aborted; waits += 1) {
      await pass(stepMs);
    }
    return noted;
  };

  const { withoutPrompt } = plan;
  await plan.fund(admin);
  return {
    clock,
    admin,
    adminText,
    answerAs: (rail) => {
      acknowledge = (channel) => rail.acknowledge(channel);
    },
    pass,
    waitFor,
    line: lineTo(provider, clock),
    callbackUrl: (channel: CallbackChannel, token?: string) =>
      ['http://127.0.0.1:8750/hooks', channel, ...(token === undefined ? [] : [token])].join('/'),
    callbacks: () => callbacks,
    createPhone: async ({ balanceMinor }) => {
      phones += 1;
      const msisdn = parseMsisdn(`${plan.phonePrefix}${String(phones).padStart(6, '0')}`);
      invariant(msisdn.ok, 'the prefix makes phone numbers');
      const balance = Number(balanceMinor / 100n);
      await admin('POST', '/phones', {
        msisdn: msisdn.value,
        name: `PERSON ${phones}`,
        balance,
      });
      return msisdn.value;
    },
    balanceMinorOf: async (msisdn) => {
      const { balance } = await admin('GET', `/phones/${msisdn}`);
      const amount = parseAmountMinor(String(balance));
      invariant(amount.ok, 'a wallet has a balance');
      return amount.value;
    },
    approve: (msisdn) => act(msisdn, 'approve'),
    cancel: (msisdn) => act(msisdn, 'cancel'),
    enterWrongPin: (msisdn) => act(msisdn, 'wrong-pin'),
    ignore: (msisdn) => act(msisdn, 'ignore'),
    settle: () => pass(plan.settleMs),
    revokeTokens: async () => void (await admin('POST', '/reset-tokens')),
    ...(withoutPrompt === undefined
      ? {}
      : {
          payWithoutPrompt: async ({ msisdn, amountMinor, reference }) => {
            await admin('POST', `/phones/${msisdn}/pay`, {
              shortCode: withoutPrompt.shortCode,
              accountReference: reference,
              amount: Number(amountMinor / 100n),
            });
          },
        }),
    close: async () => {
      await provider.stop();
      await rm(stateDir, { recursive: true, force: true });
    },
  };
}
