import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { shillings, type ChargeId } from '#kernel';
import type { ListedPayment, PromptVerdict } from '#rails';

import { openBusiness, type Prompted, type TestBusiness } from '../../test/support/business.ts';
import { byHand, hint, stkFailed, stkPaid } from './test-kit.ts';

let town: TestBusiness;

beforeEach(async () => {
  town = await openBusiness();
});
afterEach(() => town.closeProved());

const stateOf = async (id: ChargeId) => (await town.business.billing.find(id))?.state;
const ask = async (afterMs: number): Promise<void> => {
  await town.clock.advance(afterMs);
  await town.business.collections.askAboutUnknowns();
};
const paid: PromptVerdict = {
  kind: 'paid',
  code: 'TS',
  description: '',
  receipt: 'MP1',
  raw: 'TS',
};
const failed = { kind: 'failed', code: 'TF', description: '', reason: 'other', raw: 'TF' } as const;
const listed = (more: Partial<ListedPayment>): ListedPayment => ({
  receipt: 'RCPT1',
  amountMinor: shillings(500),
  occurredAt: town.clock.now(),
  accountReference: '',
  ownId: undefined,
  payer: undefined,
  raw: 'row',
  ...more,
});

describe('Airtel Money', () => {
  let prompted: Prompted;
  beforeEach(async () => {
    prompted = await town.prompted({ streamId: 'airtime' });
  });
  const tell = (more = {}) => town.deliver('airtel-result', 0n, hint(prompted.ownId, more));

  it('a hint books nothing; the enquiry, at the polite moment, does', async () => {
    town.airtel.script.promptVerdict = () => paid;
    await tell();
    await ask(1_000);
    expect(town.airtel.promptQueries).toEqual([]);
    expect(await town.countOf('payment')).toBe(0);
    await ask(179_000);
    expect(town.airtel.promptQueries).toHaveLength(1);
    expect(await stateOf(prompted.charge.id)).toBe('paid');
    const evidence = await town.rows(
      `select e.kind, e.subject_id = p.id as "ofPrompt", e.body_sealed is null as bare
       from evidence e cross join prompt p order by e.id`,
    );
    // The hint is kept with the prompt; what proves the payment is the enquiry.
    expect(evidence).toEqual([
      { kind: 'callback', ofPrompt: true, bare: true },
      { kind: 'enquiry', ofPrompt: false, bare: false },
    ]);
  });

  it('a hint on a forged address is told, and nobody is asked sooner', async () => {
    await town.deliver('airtel-result', 'forged', hint(prompted.ownId));
    expect(await town.exceptions()).toEqual(['forged-callback']);
  });

  it('a hint that comes while we ask is not lost in the schedule', async () => {
    town.airtel.script.promptVerdict = async () => {
      town.airtel.script.promptVerdict = () => paid;
      await tell();
      return { kind: 'pending' };
    };
    await ask(180_000);
    await ask(1_000);
    expect(await stateOf(prompted.charge.id)).toBe('paid');
  });

  it('one failed answer does not close it, two in a row do', async () => {
    const words: PromptVerdict[] = [failed, { kind: 'pending' }, failed, failed];
    town.airtel.script.promptVerdict = () => words.shift() ?? { kind: 'pending' };
    await ask(180_000);
    expect(await stateOf(prompted.charge.id)).toBe('prompted');
    await ask(10_000);
    await ask(50_000);
    expect(await stateOf(prompted.charge.id)).toBe('prompted');
    await ask(960_000);
    await ask(10_000);
    expect(await stateOf(prompted.charge.id)).toBe('declined');
  });

  it('a hint of success after the end is asked about, and booked', async () => {
    town.airtel.script.promptVerdict = () => failed;
    await ask(180_000);
    await ask(10_000);
    expect(await stateOf(prompted.charge.id)).toBe('declined');
    await tell();
    await ask(1_000);
    await ask(600_000);
    expect(town.airtel.promptQueries).toHaveLength(3);
    expect(await stateOf(prompted.charge.id)).toBe('declined');
    town.airtel.script.promptVerdict = () => paid;
    await tell({ receipt: 'MP1' });
    await ask(1_000);
    expect(await stateOf(prompted.charge.id)).toBe('paid');
  });

  it('an accepted prompt that is not found goes to a person, never to the bin', async () => {
    town.airtel.script.promptVerdict = () => ({ kind: 'not-found' });
    for (const afterMs of [180_000, 60_000, 960_000]) await ask(afterMs);
    expect(await stateOf(prompted.charge.id)).toBe('unknown');
    expect(await town.exceptions()).toEqual(['unknown-outcome']);
    await tell();
    town.airtel.script.promptVerdict = () => paid;
    await ask(1_000);
    expect(await stateOf(prompted.charge.id)).toBe('paid');
    expect(await town.exceptions()).toEqual([]);
  });
});

it.each([
  ['early', 180_000, 'unknown'],
  ['late', 16 * 60_000, 'declined'],
])('not found without an answer to our request, %s', async (_, afterMs, state) => {
  town.airtel.script.prompt = () => ({ kind: 'unknown', cause: 'timeout' });
  town.airtel.script.promptVerdict = () => ({ kind: 'not-found' });
  const { charge } = await town.prompted({ streamId: 'airtime' });
  await ask(afterMs);
  expect(await stateOf(charge.id)).toBe(state);
});

describe('M-Pesa', () => {
  const paidUnnamed: PromptVerdict = { ...paid, receipt: undefined };

  it('paid without a receipt is booked from the list', async () => {
    const { charge } = await town.prompted();
    town.mpesa.script.promptVerdict = () => paidUnnamed;
    await ask(15_000);
    expect(await town.countOf('payment')).toBe(0);
    const mine = listed({ accountReference: charge.reference.toLowerCase() });
    const other = listed({ accountReference: charge.reference, amountMinor: 1n, receipt: 'X' });
    town.mpesa.script.list = () => ({ kind: 'listed', payments: [other, mine] });
    await ask(15_000);
    expect(await stateOf(charge.id)).toBe('paid');
    expect(await town.rows('select receipt, road from payment')).toEqual([
      { receipt: 'RCPT1', road: 'list' },
    ]);
  });

  it('paid without a receipt, and confirmed by another road already', async () => {
    const { charge } = await town.prompted();
    town.mpesa.script.promptVerdict = () => paidUnnamed;
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference: charge.reference }));
    await ask(15_000);
    expect(await town.countOf("prompt where state = 'paid'")).toBe(1);
  });

  it('a second payment on the list is not taken for the first', async () => {
    const { charge } = await town.prompted();
    const accountReference = charge.reference;
    town.mpesa.script.promptVerdict = () => paidUnnamed;
    await town.deliver('paybill-confirmation', 0n, byHand({ accountReference }));
    const payments = [listed({ accountReference }), listed({ accountReference, receipt: 'RCPT2' })];
    town.mpesa.script.list = () => ({ kind: 'listed', payments });
    await ask(15_000);
    expect(await town.countOf('payment')).toBe(2);
    expect(await town.exceptions()).toEqual(['duplicate-payment']);
  });

  it('a crash while sending is asked about and found on the list', async () => {
    town.mpesa.script.prompt = () => {
      throw new Error('power cut');
    };
    const { charge } = await town.prompted();
    town.mpesa.script.promptVerdict = () => ({ kind: 'unknown', cause: 'no id to ask by' });
    town.mpesa.script.list = () => ({
      kind: 'listed',
      payments: [listed({ accountReference: charge.reference })],
    });
    await ask(60_000);
    expect(await stateOf(charge.id)).toBe('paid');
    expect(town.mpesa.prompts).toHaveLength(1);
  });

  it('ends with a person when nothing is learned, and still takes the money', async () => {
    const { charge, promptId } = await town.prompted();
    town.mpesa.script.promptVerdict = () => ({ kind: 'unknown', cause: 'result code 4711' });
    for (const afterMs of [15_000, 15_000, 30_000, 240_000, 60_000]) await ask(afterMs);
    expect(town.mpesa.promptQueries).toHaveLength(4);
    expect(await stateOf(charge.id)).toBe('unknown');
    expect(await town.exceptions()).toEqual(['unknown-outcome']);
    await town.deliver('stk-result', promptId, stkPaid());
    expect(await stateOf(charge.id)).toBe('paid');
    expect(await town.exceptions()).toEqual([]);
  });

  it('is asked about to the end after an outage longer than its questions', async () => {
    const { charge } = await town.prompted();
    town.mpesa.script.promptVerdict = () => ({ kind: 'unknown', cause: 'HTTP 502' });
    for (let asked = 0; asked < 6 * 12; asked += 1) await ask(5 * 60_000);
    expect(await town.exceptions()).toEqual([]);
    expect(await town.rows('select queries from prompt')).toEqual([{ queries: 0 }]);
    const mine = listed({ accountReference: charge.reference });
    town.mpesa.script.promptVerdict = () => paidUnnamed;
    town.mpesa.script.list = () => ({ kind: 'listed', payments: [mine] });
    await ask(60_000);
    expect(await stateOf(charge.id)).toBe('paid');
  });

  it('is not asked about once it is paid, though a hint has left a question behind', async () => {
    const { promptId } = await town.prompted();
    await town.deliver('stk-result', promptId, stkPaid());
    expect(await town.countOf('prompt_due')).toBe(0);
    await town.corrupt(`insert into prompt_due values (1, ${promptId}, '2026-01-01')`);
    await ask(0);
    expect(town.mpesa.promptQueries).toEqual([]);
    expect(await town.countOf('prompt_due')).toBe(0);
  });

  it('goes to a person in the end when nobody hears the questions for days', async () => {
    await town.prompted();
    town.mpesa.script.promptVerdict = () => ({ kind: 'unknown', cause: 'timeout' });
    for (let hour = 0; hour < 3 * 24 + 8; hour += 1) await ask(3_600_000);
    expect(await town.exceptions()).toEqual(['unknown-outcome']);
  });

  it('a refusal closes what was given to a person', async () => {
    const { charge, promptId } = await town.prompted();
    for (const afterMs of [15_000, 15_000, 30_000, 240_000]) await ask(afterMs);
    await town.deliver('stk-result', promptId, stkFailed());
    expect(await stateOf(charge.id)).toBe('declined');
    expect(await town.exceptions()).toEqual([]);
  });

  it('spreads its questions when it could not ask for a while', async () => {
    await town.prompted();
    await ask(48 * 3_600_000);
    await ask(1_000);
    await ask(1_000);
    expect(town.mpesa.promptQueries).toHaveLength(1);
    await ask(13_000);
    expect(town.mpesa.promptQueries).toHaveLength(2);
  });
});

it('questions are taken over from an engine that died with them', async () => {
  const { charge } = await town.prompted({ streamId: 'airtime' });
  town.airtel.script.promptVerdict = () => {
    town.fault.breakAt(1);
    return paid;
  };
  await ask(180_000);
  const other = await town.neighbour();
  town.airtel.script.promptVerdict = () => paid;
  await other.business.collections.askAboutUnknowns();
  expect(town.airtel.promptQueries).toHaveLength(1);
  await town.clock.advance(120_000);
  await other.business.collections.askAboutUnknowns();
  expect((await other.business.billing.find(charge.id))?.state).toBe('paid');
  town.fault.mend();
});

it('two engines ask once', async () => {
  await town.prompted({ streamId: 'airtime' });
  const other = await town.neighbour();
  await town.clock.advance(180_000);
  const sweeps = [town, other, town].map(({ business }) => business.collections.askAboutUnknowns());
  await Promise.all(sweeps);
  expect(town.airtel.promptQueries).toHaveLength(1);
});
