import { describe, expect, it } from 'vitest';

import { businessDateOf, createVirtualClock, type Msisdn } from '#kernel';
import type { Rail } from '#rails';

import { createScriptedRail } from '../../test/support/scripted-rail.ts';
import type { Passage } from './breaker/breaker.ts';
import { operations, type Operation } from './operation.ts';
import type { Outcome } from './outcome.ts';
import { watchRail, type WatchedCall } from './watch.ts';

const callbacks = { resultUrl: '', timeoutUrl: '' };
const money = { ownId: 'QT1', amountMinor: 1_000n, remarks: '', callbacks };
const payout = { ...money, msisdn: '254712345678' as Msisdn };
const asked = { ownId: 'QT1', providerRequestId: undefined, callbacks };
const refund = { ...money, receipt: 'R1' };

/** A rail that has everything a rail can have, and counts what reaches its provider. */
function wholeRail() {
  let calls = 0;
  const reach = <Told>(told: Told): Promise<Told> => {
    calls += 1;
    return Promise.resolve(told);
  };
  const accepted = { kind: 'accepted', providerRequestId: 'X' } as const;
  const pending = { kind: 'pending' } as const;
  const rail: Rail = {
    ...createScriptedRail('mpesa').rail,
    sendPrompt: () => reach(accepted),
    queryPrompt: () => reach(pending),
    sendPayout: () => reach(accepted),
    queryPayout: () => reach(pending),
    queryBalance: () => reach({ kind: 'asked' }),
    listPayments: () => reach({ kind: 'listed', payments: [] }),
    payerNotifications: { register: () => reach({ ok: true, value: 'registered' }) },
    receiptLookup: { ask: () => reach({ kind: 'asked' }) },
    refunds: { send: () => reach(accepted), query: () => reach(pending) },
    topUps: { fromWallet: 'Working', send: () => reach(accepted), query: () => reach(pending) },
    paymentCodes: { create: () => reach({ kind: 'made', png: Buffer.alloc(0) }) },
    feeMinor: () => 7n,
  };
  return { rail, calls: () => calls };
}

const prompt = {
  ownId: 'QP1',
  msisdn: '254712345678' as Msisdn,
  amountMinor: 100n,
  reference: '',
  description: '',
  callbackUrl: '',
};
const code = { amountMinor: 1n, reference: '', payeeName: '', sizePx: 1 };

/** Every call of the port: what it counts as, and what it is answered while it is held back. */
const everyCall: readonly [Operation, string, (rail: Rail) => unknown][] = [
  ['prompt', 'refused', (rail) => rail.sendPrompt(prompt)],
  ['prompt-query', 'unknown', (rail) => rail.queryPrompt(asked)],
  ['payout', 'refused', (rail) => rail.sendPayout(payout)],
  ['payout-query', 'unknown', (rail) => rail.queryPayout(asked)],
  ['balance', 'unknown', (rail) => rail.queryBalance(callbacks)],
  ['list', 'unknown', (rail) => rail.listPayments({ fromAt: 0, toAt: 1 })],
  ['refund', 'refused', (rail) => rail.refunds?.send(refund)],
  ['payout-query', 'unknown', (rail) => rail.refunds?.query({ ...refund, ...asked, sentAt: 0 })],
  ['top-up', 'refused', (rail) => rail.topUps?.send(money)],
  ['payout-query', 'unknown', (rail) => rail.topUps?.query(asked)],
  ['lookup', 'unknown', (rail) => rail.receiptLookup?.ask({ receipt: 'R1', callbacks })],
  ['code', 'refused', (rail) => rail.paymentCodes?.create(code)],
];

function watched(rail: Rail, passage: Passage = { kind: 'through' }) {
  const clock = createVirtualClock(0);
  const entered: Operation[] = [];
  const noted: (WatchedCall & { readonly outcome: Outcome })[] = [];
  const rails = watchRail(rail, clock, {
    enter: (_, operation) => {
      entered.push(operation);
      return Promise.resolve(passage);
    },
    note: (call, outcome) => {
      noted.push({ ...call, outcome });
      return Promise.resolve();
    },
  });
  return { rail: rails, clock, entered, noted };
}

describe('a call', () => {
  it.each(everyCall)('%s goes out and is counted', async (operation, _, call) => {
    const whole = wholeRail();
    const { rail, entered, noted } = watched(whole.rail);
    await call(rail);
    expect(whole.calls()).toBe(1);
    expect(entered).toEqual([operation]);
    expect(noted).toMatchObject([{ operation, probe: false, outcome: { kind: 'ok' } }]);
  });

  it.each(everyCall)(
    '%s reaches nobody while it is held back: %s',
    async (operation, kind, call) => {
      const whole = wholeRail();
      const shut = { kind: 'shut', cause: 'failing', code: 'timeout', untilAt: 1 } as const;
      const { rail, entered, noted } = watched(whole.rail, shut);
      const told =
        kind === 'refused'
          ? { kind, code: 'breaker-open', reason: 'provider-down', mayResend: true }
          : { kind, cause: 'breaker-open' };
      expect(await call(rail)).toMatchObject(told);
      expect(whole.calls()).toBe(0);
      expect(entered).toEqual([operation]);
      expect(noted).toEqual([]);
    },
  );

  it('covers every operation', () => {
    const covered = new Set([...everyCall.map(([operation]) => operation), 'register']);
    expect(covered).toEqual(new Set(operations));
  });

  it('that registers addresses is held back and counted as well', async () => {
    const urls = { confirmationUrl: '', validationUrl: '' };
    const { rail } = wholeRail();
    const open = watched(rail);
    expect(await open.rail.payerNotifications?.register(urls)).toMatchObject({ ok: true });
    expect(open.noted).toMatchObject([{ operation: 'register', outcome: { kind: 'ok' } }]);
    const shut = { kind: 'shut', cause: 'failing', code: '', untilAt: 1 } as const;
    const answer = await watched(rail, shut).rail.payerNotifications?.register(urls);
    expect(answer).toEqual({ ok: false, error: { kind: 'unknown', cause: 'breaker-open' } });
  });

  it('after a lock-out is refused for the credentials', async () => {
    const shut = { kind: 'shut', cause: 'locked-out', code: '8006', untilAt: undefined } as const;
    const { rail } = watched(wholeRail().rail, shut);
    expect(await rail.sendPayout(payout)).toMatchObject({
      kind: 'refused',
      reason: 'our-credentials',
      mayResend: true,
      description: expect.stringContaining('8006'),
    });
  });

  it('is timed, and named when it is the one that tries', async () => {
    const scripted = createScriptedRail('mpesa');
    const { rail, clock, noted } = watched(scripted.rail, { kind: 'probe' });
    scripted.script.prompt = async () => {
      await clock.advance(900);
      return { kind: 'unknown', cause: 'timeout' };
    };
    await rail.sendPrompt(prompt);
    expect(noted).toMatchObject([{ tookMs: 900, probe: true, outcome: { code: 'timeout' } }]);
  });

  it('that breaks is noted, and breaks for whoever made it', async () => {
    const scripted = createScriptedRail('mpesa');
    scripted.script.prompt = () => {
      throw new Error('power cut');
    };
    const { rail, noted } = watched(scripted.rail);
    await expect(rail.sendPrompt(prompt)).rejects.toThrow('power cut');
    expect(noted).toMatchObject([{ outcome: { kind: 'unknown', code: 'fault', unheard: true } }]);
  });
});

it('leaves alone what makes no call, and makes up nothing that a rail lacks', () => {
  const whole = watched(wholeRail().rail).rail;
  const question = { about: 'payment', amountMinor: 1n, on: businessDateOf(0) } as const;
  expect(whole.feeMinor?.(question)).toBe(7n);
  expect(whole.topUps?.fromWallet).toBe('Working');
  const { refunds: _refunds, topUps: _topUps, ...bare } = createScriptedRail('airtel').rail;
  const plain = watched(bare).rail;
  expect(plain.refunds ?? plain.topUps ?? plain.paymentCodes ?? plain.receiptLookup).toBe(
    undefined,
  );
  expect(plain.id).toBe('airtel');
});
