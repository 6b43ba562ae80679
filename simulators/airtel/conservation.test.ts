import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';

import { parseAmountMinor } from '#kernel';

import { createKit, encryptForKit, type Kit, pin, stopKits } from './test-kit.ts';

afterEach(stopKits);

const phones = ['733000001', '733000002', '101000003'];
const openingKes = 3000;

type Act =
  | {
      readonly kind: 'collect';
      readonly phone: number;
      readonly amount: number;
      readonly id: number;
    }
  | {
      readonly kind: 'disburse';
      readonly phone: number;
      readonly amount: number;
      readonly id: number;
    }
  | { readonly kind: 'refund' | 'by-care'; readonly nth: number }
  | { readonly kind: 'pay'; readonly phone: number; readonly amount: number }
  | { readonly kind: 'prompt'; readonly action: string }
  | { readonly kind: 'script'; readonly phone: number; readonly onPrompt: string }
  | { readonly kind: 'float'; readonly amount: number }
  | { readonly kind: 'knobs'; readonly patch: object }
  | { readonly kind: 'advance'; readonly ms: number }
  | { readonly kind: 'crash' };

const phone = fc.nat({ max: phones.length - 1 });
const amount = fc.integer({ min: 1, max: 2000 });
// Few ids, so that they collide, across directions too.
const id = fc.nat({ max: 12 });
const loss = fc.record({
  rate: fc.constantFrom(0, 0.5, 1),
  mode: fc.constantFrom('408', '502-html', 'empty-200'),
});
const sometimes = fc.constantFrom(0, 0.5);

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('collect'), phone, amount, id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('disburse'), phone, amount, id }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('refund', 'refund', 'by-care'),
      nth: fc.nat({ max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pay'), phone, amount }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('prompt'),
      action: fc.constantFrom('approve', 'cancel', 'wrong-pin', 'ignore'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('script'),
      phone,
      onPrompt: fc.constantFrom('approve', 'cancel', 'ignore', 'ask'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('float'), amount }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('knobs'),
      patch: fc.record({
        syncLoss: loss,
        notApplied: loss,
        refundLoss: fc.record({
          rate: sometimes,
          effect: fc.constantFrom('now', 'later', 'none'),
          afterMs: fc.constant(20_000),
        }),
        sameSecond: sometimes,
        timedOutEnds: fc.constantFrom('tf', 'ts', 'mixed'),
        tfThenTs: sometimes,
        ambiguous: fc.record({
          rate: sometimes,
          outcome: fc.constantFrom('ts', 'tf', 'mixed'),
          afterMs: fc.constant(20_000),
        }),
        disbursementSync: fc.boolean(),
        disbursementCallbacks: fc.boolean(),
        duplicateCallbacks: sometimes,
        dropCallbacks: sometimes,
      }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('advance'), ms: fc.nat({ max: 90_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('crash') }) },
);

interface World {
  kit: Kit;
  at: number;
  floatKes: number;
  readonly encryptedPin: string;
  readonly final: Map<string, string>;
  readonly config: object;
}

type Truth = Record<'kind' | 'ownId' | 'airtelId' | 'amount' | 'fee' | 'msisdn', string>;

const truthOf = async ({ kit }: World): Promise<readonly Truth[]> =>
  (await kit.admin('GET', '/truth?limit=1000')).json.transactions;

async function perform(world: World, act: Act): Promise<void> {
  const { kit } = world;
  switch (act.kind) {
    case 'collect':
      await kit.wire('POST', '/merchant/v1/payments', {
        body: {
          reference: 'INV001',
          subscriber: { msisdn: phones[act.phone] },
          transaction: { amount: act.amount, id: `TXN${1000 + act.id}` },
        },
      });
      return;
    case 'disburse':
      await kit.wire('POST', '/standard/v2/disbursements', {
        body: {
          payee: { msisdn: phones[act.phone], currency: 'KES' },
          reference: 'PAYOUT1',
          pin: world.encryptedPin,
          transaction: { amount: act.amount, id: `TXN${1000 + act.id}`, type: 'B2C' },
        },
      });
      return;
    case 'by-care': {
      const receipt = (await truthOf(world))[act.nth]?.airtelId ?? 'MP0.0.L0';
      await kit.admin('POST', '/reversals', { receipt });
      return;
    }
    case 'refund': {
      const truth = await truthOf(world);
      const body = { transaction: { airtel_money_id: truth[act.nth]?.airtelId ?? 'MP0.0.L0' } };
      await kit.wire('POST', '/standard/v1/payments/refund', { body });
      return;
    }
    case 'pay':
      await kit.admin('POST', `/phones/${phones[act.phone]}/pay`, {
        amount: act.amount,
        reference: 'SHOP',
      });
      return;
    case 'prompt': {
      const { json } = await kit.admin('GET', '/prompts?state=open');
      const [first] = json.prompts;
      if (first !== undefined) {
        await kit.admin('POST', `/prompts/${first.id}`, { action: act.action });
      }
      return;
    }
    case 'script':
      await kit.admin('PUT', `/phones/${phones[act.phone]}/script`, { onPrompt: act.onPrompt });
      return;
    case 'float':
      await kit.admin('POST', '/org/float', { amount: act.amount });
      world.floatKes += act.amount;
      return;
    case 'knobs':
      await kit.knobs(act.patch);
      return;
    case 'advance':
      await kit.clock.advance(act.ms);
      world.at += act.ms;
      return;
    case 'crash':
      world.kit = createKit({ stateDir: kit.stateDir, at: world.at, config: world.config });
  }
}

const minor = (text: string): bigint => {
  const parsed = parseAmountMinor(text);
  if (!parsed.ok) throw new Error(text);
  return parsed.value;
};
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((a, b) => a + b, 0n);

/** What the books must show, worked out from the truth alone. */
async function audit(world: World): Promise<void> {
  const { kit } = world;
  expect((await kit.admin('GET', '/conservation')).json).toEqual({ ok: true, sum: '0.00' });
  const truth = await truthOf(world);
  const signed = (one: Truth): bigint =>
    one.kind === 'collection' ? minor(one.amount) : -minor(one.amount);
  const expectedOrg =
    BigInt(world.floatKes) * 100n + sum(truth.map((one) => signed(one) - minor(one.fee)));
  expect(minor((await kit.admin('GET', '/org')).json.balance)).toBe(expectedOrg);
  for (const national of phones) {
    const moves = truth.filter(({ msisdn }) => msisdn === `254${national}`);
    const expected = BigInt(openingKes) * 100n - sum(moves.map(signed));
    expect(minor((await kit.admin('GET', `/phones/${national}`)).json.balance)).toBe(expected);
    expect(expected).toBeGreaterThanOrEqual(0n);
  }
  const ids = truth.map(({ airtelId }) => airtelId);
  expect(new Set(ids).size).toBe(ids.length);
  await auditStatuses(world, truth);
}

/** An own id is TS exactly when it has moved money, once; TS stays, and so does TF as a rule. */
async function auditStatuses({ kit, final }: World, truth: readonly Truth[]): Promise<void> {
  for (let n = 0; n <= 12; n += 1) {
    const ownId = `TXN${1000 + n}`;
    const replies = [
      await kit.wire('GET', `/standard/v1/payments/${ownId}`),
      await kit.wire('GET', `/standard/v1/disbursements/${ownId}`),
    ];
    const statuses = replies.map(({ json }) => json.data?.transaction.status);
    const known = statuses.filter((status) => status !== undefined);
    expect(known.length).toBeLessThanOrEqual(1);
    const moved = truth.filter((one) => one.ownId === ownId && one.kind !== 'refund');
    expect(moved.length).toBe(known[0] === 'TS' ? 1 : 0);
    const refunds = truth.filter((one) => one.ownId === ownId && one.kind === 'refund');
    expect(refunds.length).toBeLessThanOrEqual(moved.length);
    if (final.get(ownId) === 'TS') expect(known[0]).toBe('TS');
    if (final.get(ownId) === 'TE') expect(known[0]).toBe('TE');
    if (final.get(ownId) === 'TF') expect(['TF', 'TS']).toContain(known[0]);
    if (known[0] !== undefined) final.set(ownId, known[0]);
  }
}

describe('whatever is done', () => {
  it('no money is made or lost', async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { maxLength: 40 }), fc.nat(), async (acts, seed) => {
        const config = { seed, collectionFeeBasisPoints: 37, disbursementFeeShillings: 3 };
        const kit = createKit({ config });
        for (const national of phones) {
          await kit.admin('POST', '/phones', {
            msisdn: national,
            name: 'Somebody',
            balance: openingKes,
            script: { onPrompt: 'approve', afterMs: 1000 },
          });
        }
        const world: World = {
          kit,
          at: kit.clock.now(),
          floatKes: 0,
          encryptedPin: await encryptForKit(kit, pin),
          final: new Map(),
          config,
        };
        for (const act of acts) {
          await perform(world, act);
          if (act.kind === 'advance') await audit(world);
        }
        await audit(world);
        await stopKits();
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});
