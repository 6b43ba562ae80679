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
import { callbackChannels, type CallbackChannel, type HttpLine, type RawCallback } from '#rails';

import type { RailWorld } from '../../src/rails/test-kit.ts';

/** A simulator in this process, on a virtual clock, reached without a port. */
export interface Provider {
  readonly app: FastifyInstance;
  stop(): Promise<void>;
}

export interface ProviderWorld extends RailWorld {
  readonly clock: VirtualClock;
}

export interface ProviderPlan {
  /** Prefix of the phones made here: a range of the rail. */
  readonly phonePrefix: string;
  /** Long enough for everything to end and an enquiry to be allowed. */
  readonly settleMs: number;
  readonly start: (stage: {
    readonly clock: VirtualClock;
    readonly stateDir: string;
    /** Takes a callback in, as an HTTP receiver would. */
    readonly receive: (url: string, body: string) => void;
  }) => Promise<Provider>;
  readonly withoutPrompt?: { readonly shortCode: string };
}

const startAt = Date.UTC(2026, 10, 23, 9, 0, 0);
const stepMs = 1_000;
const walletRetries = 50;

/** Lets everything that was resolved run on: network-less requests take a few turns of the loop. */
async function breathe(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate();
}

export async function openProviderWorld(plan: ProviderPlan): Promise<ProviderWorld> {
  const clock = createVirtualClock(startAt);
  const stateDir = await mkdtemp(join(tmpdir(), 'qmoi-provider-'));
  const callbacks: RawCallback[] = [];
  const receive = (url: string, body: string): void => {
    const name = new URL(url).pathname.split('/').at(-1);
    const channel = callbackChannels.find((known) => known === name);
    if (channel !== undefined) callbacks.push({ channel, body: Buffer.from(body) });
  };
  const provider = await plan.start({ clock, stateDir, receive });
  let phones = 0;

  const call = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => {
    const answer = await provider.app.inject({
      method,
      url: path,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    invariant(answer.statusCode < 300, `${method} ${path} answered ${answer.body}`);
    return answer.json() as Record<string, unknown>;
  };

  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      await clock.advance(stepMs);
      await breathe();
    }
  };

  const openPrompt = async (msisdn: Msisdn): Promise<string> => {
    for (let attempt = 0; attempt < walletRetries; attempt += 1) {
      const { prompts } = await call('GET', '/sim/prompts?state=open');
      const prompt = (prompts as { id: string; msisdn: string }[]).find(
        (open) => open.msisdn === msisdn,
      );
      if (prompt !== undefined) return prompt.id;
      await pass(stepMs);
    }
    throw new Error('no prompt appeared on the phone');
  };

  const act = async (msisdn: Msisdn, action: string): Promise<void> => {
    await call('POST', `/sim/prompts/${await openPrompt(msisdn)}`, { action });
  };

  const line: HttpLine = {
    send: async ({ method, url, headers, body }) => {
      const { pathname, search } = new URL(url);
      const answer = await provider.app.inject({
        method,
        url: `${pathname}${search}`,
        headers,
        ...(body === undefined ? {} : { payload: body }),
      });
      return { kind: 'answer', status: answer.statusCode, body: answer.body };
    },
  };

  const { withoutPrompt } = plan;
  return {
    clock,
    line,
    callbackUrl: (channel: CallbackChannel) => `http://127.0.0.1:8750/hooks/${channel}`,
    callbacks: () => callbacks,
    createPhone: async ({ balanceMinor }) => {
      phones += 1;
      const msisdn = parseMsisdn(`${plan.phonePrefix}${String(phones).padStart(6, '0')}`);
      invariant(msisdn.ok, 'the prefix makes phone numbers');
      const balance = Number(balanceMinor / 100n);
      await call('POST', '/sim/phones', {
        msisdn: msisdn.value,
        name: `PERSON ${phones}`,
        balance,
      });
      return msisdn.value;
    },
    balanceMinorOf: async (msisdn) => {
      const { balance } = await call('GET', `/sim/phones/${msisdn}`);
      const amount = parseAmountMinor(String(balance));
      invariant(amount.ok, 'a wallet has a balance');
      return amount.value;
    },
    approve: (msisdn) => act(msisdn, 'approve'),
    cancel: (msisdn) => act(msisdn, 'cancel'),
    enterWrongPin: (msisdn) => act(msisdn, 'wrong-pin'),
    ignore: (msisdn) => act(msisdn, 'ignore'),
    settle: () => pass(plan.settleMs),
    revokeTokens: async () => void (await call('POST', '/sim/reset-tokens')),
    ...(withoutPrompt === undefined
      ? {}
      : {
          payWithoutPrompt: async ({ msisdn, amountMinor, reference }) => {
            await call('POST', `/sim/phones/${msisdn}/pay`, {
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
