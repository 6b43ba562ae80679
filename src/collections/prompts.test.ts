import { afterEach, beforeEach, expect, it } from 'vitest';

import { dayMs, type ChargeId } from '#kernel';

import { openBusiness, owner, type TestBusiness } from '../../test/support/business.ts';
import { byHand, stkFailed, stkPaid } from './test-kit.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const find = (id: ChargeId) => town.business.billing.find(id);
const send = () => town.business.collections.sendPrompts();

it('sends one prompt to a phone, however many charges and engines', async () => {
  await town.charge();
  await town.charge();
  const other = await town.neighbour();
  await Promise.all([send(), other.business.collections.sendPrompts(), send()]);
  expect(town.mpesa.prompts).toHaveLength(1);
  await town.clock.advance(5_000);
  await Promise.all([send(), other.business.collections.sendPrompts()]);
  expect(town.mpesa.prompts).toHaveLength(1);
  expect(town.mpesa.prompts[0]).toMatchObject({ msisdn: '254712345678', amountMinor: 50_000n });
});

it('goes on at once while there may be more, though none of a batch goes out', async () => {
  await Promise.all(Array.from({ length: 25 }, () => town.charge()));
  expect(await send()).toBeGreaterThan(0);
  expect(town.mpesa.prompts).toHaveLength(1);
  await town.clock.advance(30_000);
  // The phone is asked already: all of them wait, and the last few are looked at as well.
  expect(await send()).toBeGreaterThan(0);
  expect(await send()).toBe(0);
  expect(town.mpesa.prompts).toHaveLength(1);
});

it('decides about a phone in one engine at a time, whoever holds its charges', async () => {
  // More than one sweep takes, so that both engines get some.
  await Promise.all(Array.from({ length: 40 }, () => town.charge()));
  const other = await town.neighbour();
  await Promise.all([send(), other.business.collections.sendPrompts()]);
  expect(town.mpesa.prompts).toHaveLength(1);
});

it('sends the second once the first is over', async () => {
  const { promptId } = await town.prompted();
  await town.charge();
  await send();
  await town.deliver('stk-result', promptId, stkPaid());
  await town.clock.advance(5_000);
  await send();
  expect(town.mpesa.prompts).toHaveLength(2);
});

it('does not send one after a refusal, and does after a new act', async () => {
  const { promptId } = await town.prompted();
  const waiting = await town.charge();
  await town.clock.advance(1_000);
  await town.deliver('stk-result', promptId, stkFailed());
  await send();
  expect(town.mpesa.prompts).toHaveLength(1);
  expect((await find(waiting.id))?.reason).toBe('payer-refused-since');
  await town.clock.advance(1_000);
  await town.charge();
  await send();
  expect(town.mpesa.prompts).toHaveLength(2);
});

it.each([
  { afterMs: 7_000, sent: 1, what: 'may have been withdrawn by cancelling the other' },
  { afterMs: 5 * 60_000, sent: 2, what: 'came after the other had left the screen' },
])('while a prompt has no outcome, an act that $what', async ({ afterMs, sent }) => {
  town.mpesa.script.prompt = () => ({ kind: 'unknown', cause: 'connection reset' });
  await town.charge();
  await send();
  await town.clock.advance(afterMs);
  await town.charge();
  // The first is not waited for any longer while the second act is still good.
  await town.clock.advance(10 * 60_000 - 2_000);
  await send();
  expect(town.mpesa.prompts).toHaveLength(sent);
});

it('remembers a refusal for as long as the consent it withdrew', async () => {
  const consent = { basis: 'standing', givenAt: town.clock.now() } as const;
  const { promptId } = await town.prompted({ consent });
  await town.clock.advance(1_000);
  await town.deliver('stk-result', promptId, stkFailed());
  await town.clock.advance(30 * dayMs);
  const next = await town.charge({ consent });
  await send();
  expect(town.mpesa.prompts).toHaveLength(1);
  expect((await find(next.id))?.reason).toBe('payer-refused-since');
});

it('asks a phone three times in a day at most', async () => {
  for (let n = 1; n <= 4; n += 1) {
    const made = await town.charge();
    await send();
    const [prompt] = await town.rows<{ id: bigint; requestId: string }>(
      'select id, provider_request_id as "requestId" from prompt order by id desc limit 1',
    );
    const providerRequestId = prompt?.requestId ?? '';
    const event = stkPaid({ providerRequestId, receipt: `RCPT${n}` });
    await town.deliver('stk-result', prompt?.id ?? 0n, event);
    expect((await find(made.id))?.state).toBe(n < 4 ? 'paid' : 'open');
    await town.clock.advance(60_000);
  }
  expect(town.mpesa.prompts).toHaveLength(3);
});

it('sends nothing while the engine is stopped, and books all the same', async () => {
  const { promptId } = await town.prompted();
  await town.business.engine.turn('off', owner, 'test');
  await town.charge({ phone: '0722000000' });
  await send();
  expect(town.mpesa.prompts).toHaveLength(1);
  await town.deliver('stk-result', promptId, stkPaid());
  await town.deliver('paybill-confirmation', 0n, byHand({ receipt: 'RCPT2' }));
  expect(await town.countOf('payment')).toBe(2);
  await town.business.engine.turn('on', owner, 'test');
  await town.clock.advance(5_000);
  await send();
  expect(town.mpesa.prompts).toHaveLength(2);
});

it('sends nothing for a charge that is too old', async () => {
  await town.charge({ expiresInMs: 1_000 });
  await town.clock.advance(1_000);
  await send();
  expect(town.mpesa.prompts).toEqual([]);
});

it('tries again, ever more slowly, what the provider never took', async () => {
  town.mpesa.script.prompt = () => ({
    kind: 'refused',
    code: 'not-sent',
    description: '',
    reason: 'provider-down',
    mayResend: true,
  });
  const charge = await town.charge();
  for (let second = 0; second <= 600; second += 5) {
    await send();
    await town.clock.advance(5_000);
  }
  // After 0, 5, 15, 35, 75, 155 and 315 seconds.
  expect(town.mpesa.prompts).toHaveLength(7);
  expect(await find(charge.id)).toMatchObject({ state: 'open' });
});

it('does not try again what the provider refused for good', async () => {
  town.mpesa.script.prompt = () => ({
    kind: 'refused',
    code: '400.002.02',
    description: 'Bad Request',
    reason: 'our-request',
    mayResend: false,
  });
  const charge = await town.charge();
  await send();
  await town.clock.advance(60_000);
  await send();
  expect(town.mpesa.prompts).toHaveLength(1);
  expect(await find(charge.id)).toMatchObject({ state: 'declined', reason: 'our-request' });
});

it.each(['throws', 'is cut', 'commit is lost'])(
  'never sends a prompt again after a crash (%s)',
  async (how) => {
    if (how === 'throws') {
      town.mpesa.script.prompt = () => {
        throw new Error('power cut');
      };
    } else if (how === 'is cut') {
      town.mpesa.script.prompt = () => {
        town.fault.breakAt(1);
        return { kind: 'accepted', providerRequestId: 'ws_CO_1' };
      };
    }
    const charge = await town.charge();
    if (how === 'commit is lost') town.fault.loseNextCommit();
    await send().catch(() => undefined);
    town.fault.mend();
    const other = await town.neighbour();
    for (let n = 0; n < 20; n += 1) {
      await town.clock.advance(60_000);
      await other.business.collections.sendPrompts();
      await other.business.collections.askAboutUnknowns();
    }
    expect(town.mpesa.prompts.length).toBeLessThanOrEqual(1);
    expect((await find(charge.id))?.state).toBe('unknown');
  },
);

it('keeps an answer that comes after the janitor took the prompt for lost', async () => {
  town.mpesa.script.prompt = async () => {
    await town.clock.advance(60_000);
    await town.business.collections.askAboutUnknowns();
    return { kind: 'accepted', providerRequestId: 'ws_CO_7' };
  };
  const { promptId, charge } = await town.prompted();
  await town.deliver('stk-result', promptId, stkPaid({ providerRequestId: 'ws_CO_7' }));
  expect((await find(charge.id))?.state).toBe('paid');
});

it('asks nobody on a standing consent while it is unknown whether it was withdrawn', async () => {
  const consent = { basis: 'standing', givenAt: town.clock.now() } as const;
  town.mpesa.script.prompt = () => ({ kind: 'unknown', cause: 'timeout' });
  await town.charge({ consent });
  await send();
  await town.clock.advance(30 * 60_000);
  await town.charge({ consent });
  await send();
  expect(town.mpesa.prompts).toHaveLength(1);
  // Given anew, it counts again.
  await town.charge({ consent: { basis: 'standing', givenAt: town.clock.now() } });
  await send();
  expect(town.mpesa.prompts).toHaveLength(2);
});

it('nor where a charge was paid, by its prompt or by hand after a cancel', async () => {
  const consent = { basis: 'standing', givenAt: town.clock.now() } as const;
  town.mpesa.script.prompt = () => ({ kind: 'unknown', cause: 'timeout' });
  town.mpesa.script.promptVerdict = () => ({
    kind: 'unknown',
    cause: 'there is nothing to ask by',
  });
  const { id, reference, amountMinor } = await town.charge({ consent });
  await send();
  // The payer cancels, which nobody hears of, and pays by hand.
  const paid = { ...byHand({ receipt: 'HAND1', amountMinor, accountReference: reference }) };
  await town.deliver('paybill-confirmation', 0n, paid);
  town.mpesa.script.list = () => ({
    kind: 'listed',
    payments: [
      { ...paid, receipt: 'HAND1', ownId: undefined, occurredAt: town.clock.now(), raw: '' },
    ],
  });
  await town.clock.advance(5 * 60_000);
  await town.business.collections.askAboutUnknowns();
  expect((await find(id))?.state).toBe('paid');
  const [prompt] = await town.business.collections.promptsOf(id);
  expect(prompt?.state).toBe('paid');
  await town.clock.advance(30 * 60_000);
  await town.charge({ consent });
  await send();
  expect(town.mpesa.prompts).toHaveLength(1);
  await town.charge({ consent: { basis: 'standing', givenAt: town.clock.now() } });
  await send();
  expect(town.mpesa.prompts).toHaveLength(2);
});
