import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { dayMs, shillings, type BusinessDate, type Msisdn } from '#kernel';
import type { PayoutSubmission, PromptSubmission } from '#rails';

import {
  openBusiness,
  owner,
  type Engine,
  type TestBusiness,
} from '../../test/support/business.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openBusiness({
    credentials: { mpesa: 'first password' },
    passwordsSetOn: { mpesa: '2026-11-01' as BusinessDate },
  });
});
afterEach(() => town.closeProved());

const callbacks = { resultUrl: '', timeoutUrl: '' };
const minuteMs = 60_000;
const msisdn = '254712345678' as Msisdn;
const lost: PromptSubmission = { kind: 'unknown', cause: 'timeout' };
const lockedOut: PayoutSubmission = {
  kind: 'refused',
  code: '8006',
  description: 'The security credential is locked.',
  reason: 'our-credentials',
  mayResend: false,
};

const prompt = (engine: Engine = town) =>
  engine.business.rails.get('mpesa')?.sendPrompt({
    ownId: 'QPX',
    msisdn,
    amountMinor: 100n,
    reference: 'R',
    description: 'D',
    callbackUrl: 'http://127.0.0.1/',
  });
const prompts = async (count: number, engine: Engine = town): Promise<void> => {
  for (let n = 0; n < count; n += 1) await prompt(engine);
};
const payout = (engine: Engine = town) =>
  engine.business.rails
    .get('mpesa')
    ?.sendPayout({ ownId: 'QTX', msisdn, amountMinor: shillings(10), remarks: '', callbacks });
const balance = () => town.business.rails.get('mpesa')?.queryBalance(callbacks);
const reportOn = async (rail: 'mpesa' | 'airtel' = 'mpesa', engine: Engine = town) => {
  await town.clock.advance(5_000);
  const report = (await engine.business.weather.report()).find((one) => one.rail === rail);
  if (report === undefined) throw new Error('every rail is reported on');
  return report;
};
const breakerNews = () =>
  town.rows<{ payload: { lane: string; state: string } }>(
    `select payload from event where topic = 'rail.breaker' order by id`,
  );

describe('the counts', () => {
  it('say that there were no calls yet', async () => {
    expect(await reportOn()).toMatchObject({
      sky: 'unknown',
      lastHour: { calls: 0 },
      worst: undefined,
      breakers: [],
      arrival: undefined,
    });
    expect(await town.business.weather.hours(24)).toEqual([]);
  });

  it('of several processes add up, hour by hour', async () => {
    const other = await town.neighbour();
    await prompts(2);
    town.mpesa.script.prompt = () => lost;
    await prompts(1, other);
    await Promise.all([town.business.weather.flush(), other.business.weather.flush()]);
    await town.clock.advance(60 * minuteMs);
    town.mpesa.script.prompt = () => ({ ...lockedOut, code: '400.002.02', reason: 'our-request' });
    await prompts(1, other);
    await Promise.all([town.business.weather.flush(), other.business.weather.flush()]);
    const hours = await town.business.weather.hours(24);
    expect(hours).toMatchObject([
      { operation: 'prompt', calls: 1, ourFault: 1, codes: { '400.002.02': 1 } },
      { operation: 'prompt', calls: 3, ok: 2, unknown: 1, unheard: 1, codes: { timeout: 1 } },
    ]);
    expect(hours[0]?.latencyCounts.reduce((sum, count) => sum + count)).toBe(1);
    expect(await town.business.weather.hours(1)).toHaveLength(1);
    const { lastHour, lastDay, worst } = await reportOn();
    expect({ lastHour, lastDay }).toMatchObject({ lastHour: { calls: 4 }, lastDay: { calls: 4 } });
    expect(worst?.code).toBe('400.002.02');
    await town.clock.advance(2 * 60 * minuteMs);
    expect(await reportOn()).toMatchObject({ lastHour: { calls: 0 }, lastDay: { calls: 4 } });
  });

  it('that could not be written are written later, once', async () => {
    await prompts(2);
    town.fault.breakAt(1);
    await expect(town.business.weather.flush()).rejects.toThrow(/./);
    town.fault.mend();
    await prompts(1);
    await town.business.weather.flush();
    await town.business.weather.flush();
    expect(await town.business.weather.hours(1)).toMatchObject([{ calls: 3 }]);
  });

  it('are kept for 35 days', async () => {
    await prompts(1);
    await town.business.weather.flush();
    await town.clock.advance(35 * dayMs);
    await town.business.weather.tidy();
    expect(await town.countOf('rail_weather')).toBe(1);
    await town.clock.advance(60 * minuteMs);
    await town.business.weather.tidy();
    expect(await town.countOf('rail_weather')).toBe(0);
  });

  it('tell how prompts’ ends were learned, and how soon', async () => {
    const phones = ['0712000001', '0712000002', '0712000003', '0712000004'];
    const [one, two, three, four] = await Promise.all(
      phones.map((phone) => town.charge({ phone })),
    );
    await town.business.collections.sendPrompts();
    const rows = await town.rows<{ id: bigint; request: string; charge: bigint }>(
      `select id, provider_request_id as request, charge_id as charge from prompt order by id`,
    );
    expect([one, two, three, four, ...rows]).toHaveLength(8);
    await town.clock.advance(10_000);
    const [first, second] = rows;
    if (first === undefined || second === undefined) throw new Error('four were prompted');
    const result = { kind: 'prompt-result', description: '', providerTraceId: undefined } as const;
    await town.deliver('stk-result', first.id, {
      ...result,
      code: '0',
      providerRequestId: first.request,
      verdict: 'paid',
      receipt: 'A1',
      amountMinor: shillings(500),
      payer: undefined,
      occurredAt: undefined,
    });
    await town.deliver('stk-result', second.id, {
      ...result,
      code: '1032',
      providerRequestId: second.request,
      verdict: 'failed',
      reason: 'payer-cancelled',
    });
    // The other two are asked about, and answered twice each.
    town.mpesa.script.promptVerdict = () => ({
      kind: 'failed',
      code: '1037',
      description: '',
      reason: 'no-response',
      raw: '{}',
    });
    for (let n = 0; n < 4; n += 1) {
      await town.clock.advance(15_000);
      await town.business.collections.askAboutUnknowns();
    }
    expect((await reportOn()).arrival).toEqual({ settled: 4, byCallback: 2, medianMs: 10_000 });
    expect((await reportOn('airtel')).arrival).toBe(undefined);
  });
});

describe('a provider that hears nobody', () => {
  beforeEach(() => {
    town.mpesa.script.prompt = () => lost;
  });

  it('is left alone by every process, then tried once, then used again', async () => {
    const other = await town.neighbour();
    await prompts(7);
    expect(await town.countOf('rail_breaker')).toBe(0);
    await prompts(1);
    await town.clock.advance(2_000);
    for (const engine of [town, other]) {
      expect(await prompt(engine)).toMatchObject({ code: 'breaker-open', mayResend: true });
    }
    expect(town.mpesa.prompts).toHaveLength(8);
    expect(await reportOn()).toMatchObject({
      sky: 'closed',
      breakers: [{ lane: 'prompts', state: 'open', cause: 'failing', code: 'timeout' }],
    });
    // Other lanes and the other rail go on.
    expect(await payout()).toMatchObject({ kind: 'accepted' });
    await town.clock.advance(36_000);
    await Promise.all([prompt(), prompt(other), prompt(), prompt(other)]);
    expect(town.mpesa.prompts).toHaveLength(9);
    expect(await town.rows('select state, trips from rail_breaker')).toEqual([
      { state: 'open', trips: 2 },
    ]);
    await town.clock.advance(40_000);
    expect(await prompt(other)).toMatchObject({ code: 'breaker-open' });
    town.mpesa.script.prompt = () => ({ kind: 'accepted', providerRequestId: 'X' });
    await town.clock.advance(40_000);
    expect(await prompt(other)).toMatchObject({ kind: 'accepted' });
    await town.clock.advance(2_000);
    expect(await prompt()).toMatchObject({ kind: 'accepted' });
    expect((await breakerNews()).map(({ payload }) => payload.state)).toEqual(['opened', 'closed']);
    expect(await town.exceptions()).toEqual([]);
  });

  it('is tried by another when the one that tried died', async () => {
    const other = await town.neighbour();
    await prompts(8);
    await town.clock.advance(40_000);
    const never = Promise.withResolvers<PromptSubmission>();
    const entered = Promise.withResolvers<void>();
    town.mpesa.script.prompt = () => {
      entered.resolve();
      return never.promise;
    };
    const dying = prompt();
    await entered.promise;
    town.mpesa.script.prompt = () => ({ kind: 'accepted', providerRequestId: 'X' });
    await town.clock.advance(60_000);
    expect(await prompt(other)).toMatchObject({ code: 'breaker-open' });
    await town.clock.advance(3 * minuteMs);
    expect(await prompt(other)).toMatchObject({ kind: 'accepted' });
    never.resolve(lost);
    await dying;
    expect(await town.countOf('rail_breaker')).toBe(0);
  });

  it('is still spoken to when only now and then a call is lost', async () => {
    let count = 0;
    town.mpesa.script.prompt = () => {
      count += 1;
      return count % 3 === 0 ? lost : { kind: 'accepted', providerRequestId: 'X' };
    };
    await prompts(40);
    expect(town.mpesa.prompts).toHaveLength(40);
  });

  it('does not keep an answer from whoever asked when the database is away', async () => {
    await prompts(7);
    town.fault.breakAt(1);
    expect(await prompt()).toEqual(lost);
    town.fault.mend();
  });
});

describe('an operator that is locked out', () => {
  it('is not used again until a person says so', async () => {
    town.mpesa.script.payout = () => lockedOut;
    const other = await town.neighbour();
    expect(await payout()).toEqual(lockedOut);
    await town.clock.advance(10 * dayMs);
    for (const engine of [town, other]) {
      expect(await payout(engine)).toMatchObject({
        code: 'breaker-open',
        reason: 'our-credentials',
      });
    }
    expect(town.mpesa.payouts).toHaveLength(1);
    expect(await prompt()).toMatchObject({ kind: 'accepted' });
    expect(await town.exceptions()).toEqual(['rail-locked']);
    expect(await reportOn()).toMatchObject({ breakers: [{ untilAt: undefined, code: '8006' }] });
    const closing = { by: owner, reason: 'unlocked in the portal' };
    expect(await other.business.weather.closeBreakers('mpesa', closing)).toBe(1);
    expect(await other.business.weather.closeBreakers('mpesa', closing)).toBe(0);
    expect(await town.exceptions()).toEqual([]);
    expect(await town.countOf(`audit_record where action = 'breaker.closed'`)).toBe(1);
    await town.clock.advance(2_000);
    town.mpesa.script.payout = () => ({ kind: 'accepted', providerRequestId: 'X' });
    expect(await payout()).toMatchObject({ kind: 'accepted' });
    // Locked again, it is told of again.
    town.mpesa.script.payout = () => lockedOut;
    await payout();
    expect(await town.exceptions()).toEqual(['rail-locked']);
  });

  it('is reported as soon as it is known, and no longer than it is', async () => {
    // Without a wait in between: what was told a moment ago is not good enough.
    const breakersNow = async () => (await town.business.weather.report())[0]?.breakers;
    expect(await breakersNow()).toEqual([]);
    town.mpesa.script.payout = () => lockedOut;
    await payout();
    expect(await breakersNow()).toMatchObject([{ code: '8006' }]);
    await town.business.weather.closeBreakers('mpesa', { by: owner, reason: 'unlocked' });
    expect(await breakersNow()).toEqual([]);
  });

  it('is not used again though the lock-out could not be written at once', async () => {
    town.mpesa.script.payout = () => lockedOut;
    town.fault.breakAt(2);
    expect(await payout()).toEqual(lockedOut);
    town.fault.mend();
    await town.clock.advance(2_000);
    expect(await payout()).toMatchObject({ code: 'breaker-open' });
    expect(town.mpesa.payouts).toHaveLength(1);
    expect(await town.countOf('rail_breaker')).toBe(0);
    await town.business.weather.tidy();
    expect(await town.countOf('rail_breaker')).toBe(1);
    expect(await town.exceptions()).toEqual(['rail-locked']);
    const closing = { by: owner, reason: 'unlocked' };
    expect(await town.business.weather.closeBreakers('mpesa', closing)).toBe(1);
    town.mpesa.script.payout = () => ({ kind: 'accepted', providerRequestId: 'X' });
    expect(await payout()).toMatchObject({ kind: 'accepted' });
  });

  it('is used again with other credentials, and only with those', async () => {
    town.mpesa.script.payout = () => lockedOut;
    await payout();
    const renewed = await town.neighbour({ credentials: { mpesa: 'second password' } });
    town.mpesa.script.payout = () => ({ kind: 'accepted', providerRequestId: 'X' });
    expect(await payout(renewed)).toMatchObject({ kind: 'accepted' });
    await town.clock.advance(2_000);
    expect(await payout()).toMatchObject({ code: 'breaker-open' });
    await town.business.weather.tidy();
    expect(await town.countOf('rail_breaker')).toBe(1);
    await renewed.business.weather.tidy();
    expect(await town.countOf('rail_breaker')).toBe(0);
    expect(await town.exceptions('resolved')).toEqual(['rail-locked']);
  });

  it.each([
    [
      'a payout',
      {
        kind: 'payout-result',
        code: '2001',
        description: 'The initiator information is invalid.',
        ownId: undefined,
        providerRequestId: undefined,
        verdict: 'failed',
        reason: 'our-credentials',
      },
      'payout-result',
    ],
    [
      'a question about the wallets',
      { kind: 'balance-report', verdict: 'failed', code: '8006', accounts: [] },
      'balance-result',
    ],
    [
      'a question about a receipt',
      { kind: 'receipt-report', code: '2001', description: '', verdict: 'unknown' },
      'status-result',
    ],
  ] as const)(
    'is known by the callback to %s, if the callback is ours',
    async (_, event, channel) => {
      await town.deliver(channel, 'forged', event);
      expect(await payout()).toMatchObject({ kind: 'accepted' });
      await town.deliver(channel, 0n, event);
      await town.clock.advance(2_000);
      expect(await payout()).toMatchObject({ code: 'breaker-open', reason: 'our-credentials' });
      expect(await balance()).toEqual({ kind: 'unknown', cause: 'breaker-open' });
      expect(await prompt()).toMatchObject({ kind: 'accepted' });
    },
  );

  it('is another matter than an access token that was not taken', async () => {
    town.mpesa.script.payout = () => ({ ...lockedOut, code: '401', mayResend: true });
    await payout();
    expect(await payout()).toMatchObject({ code: 'breaker-open', reason: 'provider-down' });
    await town.clock.advance(40_000);
    town.mpesa.script.payout = () => ({ kind: 'accepted', providerRequestId: 'X' });
    expect(await payout()).toMatchObject({ kind: 'accepted' });
  });
});

describe('an operator’s password', () => {
  const tidyAfterDays = async (days: number, engine: Engine = town): Promise<void> => {
    await town.clock.advance(Date.parse('2026-11-01T09:00:00Z') + days * dayMs - town.clock.now());
    await engine.business.weather.tidy();
    await engine.business.weather.tidy();
  };
  const warnings = () =>
    town.rows<{ payload: { daysLeft: number } }>(
      `select payload from event where topic = 'operator.password' order by id`,
    );

  it('is warned of 14, 7 and 1 days before and on its last day, once each', async () => {
    const told: number[] = [];
    for (const days of [75, 76, 77, 82, 83, 89, 90, 91]) {
      await tidyAfterDays(days);
      told.push((await warnings()).length);
      expect((await town.exceptions()).length).toBe(days < 76 ? 0 : 1);
    }
    expect(told).toEqual([0, 1, 1, 1, 2, 3, 4, 4]);
    expect((await warnings()).map(({ payload }) => payload.daysLeft)).toEqual([14, 7, 1, 0]);
    expect((await reportOn()).passwordDaysLeft).toBe(-1);
  });

  it('is forgotten when there is a new one', async () => {
    await tidyAfterDays(84);
    expect(await town.exceptions()).toEqual(['operator-password']);
    const passwordsSetOn = { mpesa: '2027-01-24' as BusinessDate };
    await tidyAfterDays(85, await town.neighbour({ passwordsSetOn }));
    expect(await town.exceptions()).toEqual([]);
    expect(await town.countOf('operator_warning')).toBe(0);
  });

  it('count a payment that the paybill told of before its prompt', async () => {
    const { charge, promptId, requestId } = await town.prompted({ phone: '0712000009' });
    const money = { receipt: 'FIRST1', amountMinor: shillings(500), occurredAt: undefined };
    await town.deliver('paybill-confirmation', 0n, {
      ...money,
      kind: 'payer-payment',
      shortCode: '600111',
      accountReference: charge.reference,
      payer: undefined,
      payerName: undefined,
    });
    await town.deliver('stk-result', promptId, {
      ...money,
      kind: 'prompt-result',
      code: '0',
      description: '',
      providerRequestId: requestId,
      providerTraceId: undefined,
      verdict: 'paid',
      payer: undefined,
    });
    expect((await reportOn()).arrival).toMatchObject({ settled: 1, byCallback: 1 });
  });
});
