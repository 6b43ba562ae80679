import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createPrng, numberFromId, type ChargeId, type EpochMs, type Msisdn } from '#kernel';
import type { Charge } from '#billing';
import type { PromptSubmission } from '#rails';

import { openBusiness, type TestBusiness } from '../../test/support/business.ts';
import { mayFallBack } from './prompts/fallback.ts';
import type { PromptState } from './prompts/prompt.ts';
import { stkFailed } from './test-kit.ts';

const down: PromptSubmission = {
  kind: 'refused',
  code: 'not-sent',
  description: '',
  reason: 'provider-down',
  mayResend: true,
};
const lost: PromptSubmission = { kind: 'unknown', cause: 'timeout' };
const fallback = { rail: 'airtel', phone: '0733000001' } as const;
const otherPhone = '254733000001';

describe('the other rail', () => {
  const unused = { rail: 'airtel', msisdn: otherPhone as Msisdn, usedAt: undefined } as const;
  const act = { basis: 'payer-act', givenAt: 1 } as const;
  const charge: Pick<Charge, 'state' | 'consent' | 'fallback'> = {
    state: 'open',
    consent: act,
    fallback: unused,
  };
  type Before = readonly (readonly [PromptState, string | undefined])[];
  it.each<[string, Partial<Charge>, Before, boolean, boolean]>([
    ['is asked when nothing was sent and nothing goes out', {}, [], true, true],
    ['is not asked while the first can ask', {}, [], false, false],
    ['is asked after the rail was down', {}, [['refused', 'provider-down']], false, true],
    ['is asked after our token was refused', {}, [['refused', 'our-credentials']], false, true],
    ['is not asked because the phone is busy', {}, [['refused', 'busy']], false, false],
    ['is never asked after an unknown end', {}, [['unknown', 'timeout']], true, false],
    ['is never asked while one is being sent', {}, [['sending', undefined]], true, false],
    ['is never asked while one is on the phone', {}, [['accepted', undefined]], true, false],
    ['is never asked after the payer said no', {}, [['failed', 'payer-cancelled']], true, false],
    ['is never asked after a payment', {}, [['paid', undefined]], true, false],
    [
      'is never asked when an earlier one is unknown',
      {},
      [
        ['unknown', 'timeout'],
        ['refused', 'provider-down'],
      ],
      true,
      false,
    ],
    ['is not asked where none was named', { fallback: undefined }, [], true, false],
    ['is asked once', { fallback: { ...unused, usedAt: 1 } }, [], true, false],
    ['needs an act', { consent: { ...act, basis: 'standing' } }, [], true, false],
    ['needs consent', { consent: undefined }, [], true, false],
    ['needs an open charge', { state: 'unknown' }, [], true, false],
  ])('%s', (...[, more, before, isHeldBack, may]) => {
    const prompts = before.map(([state, reason]) => ({ state, reason }));
    expect(mayFallBack({ charge: { ...charge, ...more }, prompts, isHeldBack })).toBe(may);
  });
});

describe('in the engine', () => {
  let town: TestBusiness;
  beforeEach(async () => {
    town = await openBusiness();
  });
  afterEach(() => town.closeProved());

  const find = (id: ChargeId) => town.business.billing.find(id);
  const send = async (afterMs = 0): Promise<void> => {
    await town.clock.advance(afterMs);
    await town.business.collections.sendPrompts();
  };
  const sendFor = async (forMs: number): Promise<void> => {
    for (let passed = 0; passed < forMs; passed += 5_000) await send(5_000);
  };
  /** Enough lost prompts, to phones of their own, to hold back the rest. */
  const holdBack = async (rail: 'mpesa' | 'airtel' = 'mpesa'): Promise<void> => {
    town[rail].script.prompt = () => lost;
    town[rail].prompts.length = 0;
    const range = rail === 'mpesa' ? '070000000' : '073100000';
    for (let n = 0; n < 8; n += 1) await town.charge({ rail, phone: `${range}${n}` });
    await send();
    const lane = `rail_breaker where rail = '${rail}' and lane = 'prompts'`;
    expect(await town.countOf(lane)).toBe(1);
    town[rail].prompts.length = 0;
    await town.clock.advance(2_000);
  };
  const promptsOf = (charge: Charge) => town.business.collections.promptsOf(charge.id);

  it('a prompt that is held back waits: no try, no prompt, no record of one', async () => {
    await holdBack();
    const records = await town.countOf(`audit_record where action = 'prompt.planned'`);
    const charge = await town.charge();
    await send();
    expect(await find(charge.id)).toMatchObject({ state: 'open', reason: 'provider-down' });
    await sendFor(25_000);
    expect(town.mpesa.prompts).toEqual([]);
    expect(await promptsOf(charge)).toEqual([]);
    expect(await town.countOf(`audit_record where action = 'prompt.planned'`)).toBe(records);
    town.mpesa.script.prompt = () => ({ kind: 'accepted', providerRequestId: 'ws_CO_99' });
    await sendFor(20_000);
    expect(await find(charge.id)).toMatchObject({ state: 'prompted' });
    expect(town.mpesa.prompts).toHaveLength(1);
  });

  it('one prompt tries whether the provider is back, and the others wait', async () => {
    await holdBack();
    for (let n = 0; n < 5; n += 1) await town.charge({ phone: `071100000${n}` });
    await sendFor(45_000);
    expect(town.mpesa.prompts).toHaveLength(1);
    expect(await town.countOf('prompt')).toBe(9);
  });

  it('a prompt that waited longer than its consent is never sent', async () => {
    await holdBack();
    await town.rows(`update rail_breaker set until_at = until_at + interval '11 minutes'`);
    const charge = await town.charge();
    town.mpesa.script.prompt = () => ({ kind: 'accepted', providerRequestId: 'ws_CO_99' });
    for (let minute = 0; minute < 13; minute += 1) await send(60_000);
    expect(await find(charge.id)).toMatchObject({ state: 'open', reason: 'consent-too-old' });
    expect(town.mpesa.prompts).toEqual([]);
  });

  it('the payer’s other phone is asked in place of a rail that is held back', async () => {
    await holdBack();
    const charge = await town.charge({ fallback });
    await send();
    expect(town.mpesa.prompts).toEqual([]);
    expect(town.airtel.prompts).toMatchObject([
      { msisdn: otherPhone, amountMinor: charge.amountMinor, reference: charge.reference },
    ]);
    expect(await find(charge.id)).toMatchObject({
      state: 'prompted',
      rail: 'airtel',
      msisdn: otherPhone,
      fallback: { rail: 'mpesa', msisdn: '254712345678', usedAt: town.clock.now() },
      consent: charge.consent,
    });
    expect(await town.countOf(`audit_record where action = 'charge.fell-back'`)).toBe(1);
    const [prompt] = await promptsOf(charge);
    town.airtel.script.promptVerdict = () => ({
      kind: 'paid',
      receipt: 'AIR1',
      code: 'TS',
      description: '',
      raw: '{}',
    });
    await town.clock.advance(180_000);
    await town.business.collections.askAboutUnknowns();
    expect(await find(charge.id)).toMatchObject({ state: 'paid' });
    expect(prompt).toMatchObject({ rail: 'airtel' });
    const paidOnAirtel = `payment where rail = 'airtel' and charge_id = ${idOf(charge)}`;
    expect(await town.countOf(paidOnAirtel)).toBe(1);
  });

  const idOf = ({ id }: Charge): bigint => numberFromId(id);

  it('the payer’s other phone is asked after the rail refused unheard', async () => {
    town.mpesa.script.prompt = () => down;
    const charge = await town.charge({ fallback });
    await send();
    expect(await find(charge.id)).toMatchObject({ state: 'open', rail: 'mpesa' });
    await sendFor(10_000);
    expect(town.mpesa.prompts).toHaveLength(1);
    expect(town.airtel.prompts).toHaveLength(1);
    expect((await promptsOf(charge)).map(({ state }) => state)).toEqual(['refused', 'accepted']);
  });

  it('nobody is asked elsewhere after a prompt whose answer was lost', async () => {
    town.mpesa.script.prompt = () => lost;
    const charge = await town.charge({ fallback });
    await send();
    await holdBack();
    for (let minute = 0; minute < 12; minute += 1) {
      await send(60_000);
      await town.business.collections.askAboutUnknowns();
    }
    expect(town.airtel.prompts).toEqual([]);
    expect(await find(charge.id)).toMatchObject({ state: 'unknown', rail: 'mpesa' });
  });

  it('nobody is asked elsewhere after a payer said no', async () => {
    const { charge, promptId } = await town.prompted({ fallback });
    await town.deliver('stk-result', promptId, stkFailed());
    await holdBack();
    await sendFor(60_000);
    expect(town.airtel.prompts).toEqual([]);
    expect(await find(charge.id)).toMatchObject({ state: 'declined' });
  });

  it('nobody is asked elsewhere who said no there', async () => {
    await town.prompted({ streamId: 'airtime', rail: 'airtel', phone: fallback.phone });
    const [asked] = await town.rows<{ ownId: string }>('select own_id as "ownId" from prompt');
    town.airtel.script.promptVerdict = () => ({
      kind: 'failed',
      code: 'TF',
      description: '',
      reason: 'wrong-pin',
      raw: '{}',
    });
    expect(asked?.ownId).toMatch(/^QP/);
    for (const afterMs of [180_000, 10_000]) {
      await town.clock.advance(afterMs);
      await town.business.collections.askAboutUnknowns();
    }
    await holdBack();
    // Consent from before the no: as if the act had been at the same moment.
    const consent = { basis: 'payer-act', givenAt: town.clock.now() - 60_000 } as const;
    const charge = await town.charge({ fallback, consent });
    await sendFor(20_000);
    expect(town.airtel.prompts).toHaveLength(1);
    expect(await find(charge.id)).toMatchObject({ rail: 'mpesa', state: 'open' });
  });

  it('nobody is asked anywhere while both are held back', async () => {
    await holdBack('mpesa');
    await holdBack('airtel');
    const charge = await town.charge({ fallback });
    await sendFor(15_000);
    expect([...town.mpesa.prompts, ...town.airtel.prompts]).toEqual([]);
    expect(await find(charge.id)).toMatchObject({ rail: 'mpesa', reason: 'provider-down' });
  });

  it('two engines ask one phone once', async () => {
    await holdBack();
    const other = await town.neighbour();
    await town.charge({ fallback });
    await Promise.all([send(), other.business.collections.sendPrompts(), send()]);
    expect([...town.mpesa.prompts, ...town.airtel.prompts]).toHaveLength(1);
  });

  it.each([1, 2, 3])(
    'whatever the rails do, a charge is on one phone at most (seed %i)',
    async (seed) => {
      const prng = createPrng(seed);
      const answers = (accepted: () => PromptSubmission): (() => PromptSubmission) => {
        const choices = [accepted, () => lost, () => down, () => down, () => down];
        return () => (choices[prng.between(0, choices.length - 1)] ?? accepted)();
      };
      let requests = 0;
      const accept = (): PromptSubmission => {
        requests += 1;
        return { kind: 'accepted', providerRequestId: `REQ${requests}` };
      };
      town.mpesa.script.prompt = answers(accept);
      town.airtel.script.prompt = answers(accept);
      const other = await town.neighbour();
      const until: EpochMs = town.clock.now() + 6 * 60_000;
      for (let n = 0; town.clock.now() < until; n += 1) {
        if (n < 10) {
          const phone = `072200000${n}`;
          await town.charge({ phone, fallback: { rail: 'airtel', phone: `073300000${n}` } });
        }
        await Promise.all([send(), other.business.collections.sendPrompts()]);
        await town.clock.advance(prng.between(1, 30) * 1_000);
        await other.business.collections.askAboutUnknowns();
      }
      const live = await town.rows(
        `select charge_id from prompt where state <> 'refused'
         group by charge_id having count(*) > 1`,
      );
      expect(live).toEqual([]);
      expect(await town.countOf('prompt')).toBeGreaterThan(10);
      const crossed = await town.rows(
        `select from prompt p join charge c on c.id = p.charge_id
         where p.state <> 'refused' and p.rail <> c.rail`,
      );
      expect(crossed).toEqual([]);
    },
  );
});
