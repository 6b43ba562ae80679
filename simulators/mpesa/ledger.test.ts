import fc from 'fast-check';
import { expect, it } from 'vitest';
import { unreachable } from '#kernel';
import { createLedger, customerAccount, orgAccounts, outsideAccounts } from './ledger.ts';
import {
  createRig,
  dig,
  initiatorBody,
  payoutBody,
  payoutPath,
  promptBody,
  promptPath,
  type Rig,
  testShortCode,
  topUpBody,
  topUpPath,
} from './test-kit.ts';

const phones = ['254712345678', '254722000001', '254722000002'] as const;

const step = fc.oneof(
  fc.record({
    kind: fc.constant('prompt' as const),
    phone: fc.constantFrom(...phones),
    amount: fc.integer({ min: 1, max: 3000 }),
    onPrompt: fc.constantFrom('approve', 'cancel', 'wrong-pin', 'ignore', 'unreachable'),
  }),
  fc.record({
    kind: fc.constant('pay' as const),
    phone: fc.constantFrom(...phones),
    amount: fc.integer({ min: 1, max: 3000 }),
  }),
  fc.record({
    kind: fc.constant('payout' as const),
    phone: fc.constantFrom(...phones),
    amount: fc.integer({ min: 1, max: 4000 }),
  }),
  fc.record({
    kind: fc.constant('top-up' as const),
    amount: fc.integer({ min: 1, max: 4000 }),
  }),
  fc.record({ kind: fc.constant('reverse' as const), at: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
  fc.record({ kind: fc.constant('crash' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const truth = async (rig: Rig): Promise<Record<string, unknown>[]> =>
  (await rig.admin('GET', '/truth?limit=5000')).body['transactions'] as Record<string, unknown>[];

async function take(rig: Rig, action: Step, serial: number): Promise<Rig> {
  switch (action.kind) {
    case 'prompt': {
      const script = { onPrompt: action.onPrompt, afterMs: 0 };
      await rig.admin('PUT', `/phones/${action.phone}/script`, script);
      const numbers = { PartyA: action.phone, PhoneNumber: action.phone };
      await rig.api(promptPath, promptBody({ ...numbers, Amount: action.amount }));
      return rig;
    }
    case 'pay':
      await rig.admin('POST', `/phones/${action.phone}/pay`, {
        shortCode: testShortCode,
        accountReference: 'x',
        amount: action.amount,
      });
      return rig;
    case 'payout': {
      const change = { OriginatorConversationID: `tr-${serial}`, PartyB: action.phone };
      await rig.api(payoutPath, payoutBody(rig, { ...change, Amount: action.amount }));
      return rig;
    }
    case 'top-up':
      await rig.api(topUpPath, topUpBody(rig, { Amount: action.amount }));
      return rig;
    case 'reverse': {
      const original = (await truth(rig))[action.at];
      if (original === undefined) return rig;
      const reversal = {
        CommandID: 'TransactionReversal',
        TransactionID: original['receipt'],
        Amount: original['amount'],
        ReceiverParty: testShortCode,
        RecieverIdentifierType: '11',
      };
      await rig.api('/mpesa/reversal/v1/request', initiatorBody(rig, reversal));
      return rig;
    }
    case 'wait':
      await rig.advance(action.ms);
      return rig;
    case 'crash':
      return rig.crashAndRestart();
    default:
      return unreachable(action, 'step');
  }
}

/** What the wallets must hold, told by the list of settled transactions alone. */
async function checkBooks(rig: Rig, openingKes: number): Promise<void> {
  const { body } = await rig.admin('GET', '/conservation');
  expect(body).toEqual({ ok: true, sum: 0, problems: [] });
  const settled = await truth(rig);
  const sum = (rows: typeof settled, sign: (kind: unknown) => number): number =>
    rows.reduce((total, row) => total + sign(row['kind']) * Number(row['amount']), 0);
  const intoOrg = (kind: unknown): number => (kind === 'b2c' || kind === 'reversal' ? -1 : 1);
  const isTopUp = (kind: unknown): number => (kind === 'b2b' ? 1 : 0);
  const org = (await rig.admin('GET', '/org')).body;
  expect(Number(org['utility'])).toBe(sum(settled, intoOrg));
  expect(Number(org['working'])).toBe(openingKes - sum(settled, isTopUp));
  const fees = settled.reduce((total, row) => total + Number(row['fee']), 0);
  expect(Number(org['chargesPaid'])).toBe(0 - fees);
  for (const msisdn of phones) {
    const own = settled.filter((row) => row['msisdn'] === msisdn);
    const held = openingKes - sum(own, intoOrg);
    expect(Number(await rig.balance(msisdn))).toBe(held);
    expect(held).toBeGreaterThanOrEqual(0);
  }
  expect(new Set(settled.map((row) => row['receipt'])).size).toBe(settled.length);
}

it('conserves money through any order of what can move it, and of crashes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 30 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      async (steps, seed) => {
        const late = { rate: 0.5, min: 1000, max: 90_000 };
        const knobs = { lateSuccessAfter1037: late, duplicateCallbacks: 0.3, dropCallbacks: 0.3 };
        let rig = await createRig({ seed, knobs });
        try {
          await rig.admin('POST', '/org/deposit', { amount: 5000, account: 'working' });
          for (const msisdn of phones) await rig.addPhone({ msisdn, balance: 5000 });
          for (const [serial, action] of steps.entries()) rig = await take(rig, action, serial);
          await checkBooks(rig, 5000);
          await rig.advance(300_000);
          await checkBooks(rig, 5000);
          const { body } = await rig.admin('GET', '/prompts?state=open');
          expect(body['prompts']).toEqual([]);
        } finally {
          await rig.close();
        }
      },
    ),
    { numRuns: 25 },
  );
}, 60_000);

it('refuses what would break the books', async () => {
  const rig = await createRig();
  const ledger = createLedger({ store: rig.store, now: () => 0 });
  const post = (...amounts: number[]): void =>
    ledger.post({
      kind: 'test',
      receipt: null,
      postings: [customerAccount('254700000000'), outsideAccounts.deposits].map(
        (account, index) => ({ account, amountKes: amounts[index] ?? 0 }),
      ),
    });
  expect(() => post(5, -4)).toThrow('adds up to zero');
  expect(() => post(0.5, -0.5)).toThrow('whole shillings');
  expect(() => post(-1, 1)).toThrow('overdrawn');
  expect(ledger.conservation()).toEqual({ ok: true, sum: 0, problems: [] });
  post(5, -5);
  expect(ledger.balanceKes(customerAccount('254700000000'))).toBe(5);
  await rig.close();
});

it('notices books that were tampered with', async () => {
  const rig = await createRig();
  await rig.addPhone({ balance: 100 });
  rig.store.run('update accounts set balance_kes = 101 where balance_kes = 100');
  const { body } = await rig.admin('GET', '/conservation');
  expect(body).toMatchObject({ ok: false, sum: 1 });
  expect(dig(body, 'problems', 0)).toMatch(/differs from its postings/);
  rig.store.run('update accounts set balance_kes = -3 where name = ?', orgAccounts.utility);
  await rig.close();
});
