import { describe, expect, it } from 'vitest';

import type { TransferView } from '#api/contract';
import { err, ok } from '#kernel';

import { createCli } from './cli.ts';
import { exitCodes, type CliDeps, type PayoutDesk, type Refused } from './deps.ts';
import { transfersView } from './list-view.ts';
import { payeesView, previewView } from './payout-view.ts';
import { testPayee, testPreview } from './payouts-test-kit.ts';
import { createDesk, plainPen } from './test-kit.ts';
import { testTransferTrace } from './traces-test-kit.ts';

const lines = [
  'transfers preview 2000 --rail mpesa',
  'transfers top-up 2000 --rail mpesa',
  'transfers cancel tr_1',
  'transfers settle tr_1 --failed --reason seen',
  'payees',
  'payees add 0712345678 --rail mpesa --label Shop',
  'payees test pe_1',
  'payees confirm pe_1 TKN1',
] as const;
const run = (deps: CliDeps, line: string): Promise<number> => createCli(deps).run(line.split(' '));

it.each(lines)('%s answers one JSON document', async (line) => {
  const desk = createDesk();
  await run(desk.deps, `${line} --json`);
  expect(JSON.parse(desk.out())).toBeTypeOf('object');
  expect(desk.errors()).toBe('');
});

it.each(lines)('%s speaks to people', async (line) => {
  const desk = createDesk();
  await run(desk.deps, line);
  expect(desk.out()).not.toBe('');
  expect(desk.out()).not.toContain('undefined');
  for (const told of desk.out().split('\n')) expect(told.length).toBeLessThanOrEqual(80);
});

it.each(lines)('%s passes a refusal on', async (line) => {
  const refused: Refused = { message: 'No.', fix: 'Do so.', exitCode: exitCodes.refused };
  const refuse = () => Promise.resolve(err(refused));
  const payouts: PayoutDesk = {
    preview: refuse,
    topUp: refuse,
    cancel: refuse,
    settle: refuse,
    payees: refuse,
    addPayee: refuse,
    testPayee: refuse,
    confirmPayee: refuse,
  };
  const desk = createDesk({ payouts });
  expect(await run(desk.deps, line)).toBe(exitCodes.refused);
  expect(desk.errors()).toBe('✗ No.\n  Do so.\n');
});

it.each([
  'transfers preview',
  'transfers top-up',
  'transfers cancel',
  'transfers settle',
  'payees',
  'payees add',
  'payees test',
  'payees confirm',
])('%s --help shows an example and the JSON flag', async (verb) => {
  const desk = createDesk();
  expect(await run(desk.deps, `${verb} --help`)).toBe(0);
  expect(desk.out()).toContain(`Usage: qmoi ${verb}`);
  expect(desk.out()).toMatch(/\nExample:\n {2}npx .+\n/);
  expect(desk.out()).toContain('--json');
});

it('a settlement without an end is not understood', async () => {
  const desk = createDesk();
  expect(await run(desk.deps, 'transfers settle tr_1 --reason seen')).toBe(exitCodes.usage);
  expect(desk.errors()).toContain('--completed');
  expect(desk.asked).toEqual([]);
});

it('a settlement quotes the line of a statement that proves it', async () => {
  const desk = createDesk();
  const line = 'transfers settle tr_1 --completed TKN1 --reason seen --statement-line TKN1';
  expect(await run(desk.deps, line)).toBe(0);
  const word = { id: 'tr_1', receipt: 'TKN1', reason: 'seen', statementLine: 'TKN1' };
  expect(desk.asked).toEqual([['settle', word]]);
});

describe('a preview', () => {
  it('says what it costs, what is there, when it will do, and what stands in the way', () => {
    expect(previewView(testPreview, plainPen(80))).toEqual([
      'KES 2,000 from M-Pesa, manual',
      '  fee: KES 13',
      '  books: KES 2,200 in the wallet',
      '    of that in suspense: KES 450',
      '    of that held for customers: KES 0',
      '    of that reserve: KES 500',
      '    besides under way: KES 0',
      '    after this transfer: KES 200',
      '  provider: Utility Account held KES 1,250 at 2026-11-23 14:00',
      '  At the usual takings by hour (28 past days) the wallet covers it about',
      '  2026-11-23 16:20.',
      '  A top-up of KES 750 from Working Account would cover it.',
      '✗ It would be refused:',
      '  The M-Pesa wallet can spare KES 1,250.',
    ]);
  });

  it('says that the provider refuses to report', () => {
    const walletPoll = {
      askedAt: '2026-11-23T11:00:00.000Z',
      answeredAt: null,
      refusals: 2,
      code: '2001',
      nextAt: '2026-11-23T11:10:00.000Z',
    };
    const told = previewView({ ...testPreview, walletPoll }, plainPen(120)).join('\n');
    expect(told).toContain('(code 2001). It is asked again after 2026-11-23 14:10.');
  });

  it('invents nothing', () => {
    const bare = {
      ...testPreview,
      feeDecimal: null,
      payoutWallet: null,
      forecast: null,
      topUp: null,
      refusals: [],
    };
    const told = previewView(bare, plainPen(80)).join('\n');
    expect(told).toContain('fee: no tariff is known');
    expect(told).toContain('has not reported the wallet yet');
    expect(told).toContain('takings so far do not tell when it will');
    expect(told).toContain('✓ It would be accepted now.');
    expect(previewView({ ...bare, coversNow: true }, plainPen(80)).join('\n')).toContain(
      'The wallet covers it now.',
    );
  });

  it('ends with 1 when the order would be refused', async () => {
    expect(await run(createDesk().deps, lines[0])).toBe(exitCodes.refused);
    const preview = () => Promise.resolve(ok({ ...testPreview, refusals: [] }));
    const { payouts } = createDesk().deps;
    expect(await run(createDesk({ payouts: { ...payouts, preview } }).deps, lines[0])).toBe(0);
  });
});

describe('the list of numbers', () => {
  it.each([
    [{}, 'npx qmoi payees test pe_0000000000001'],
    [{ state: 'testing' }, 'npx qmoi payees confirm pe_0000000000001 <receipt>'],
    [{ confirmed: true, bySandbox: true }, 'counts as confirmed in the sandbox'],
    [{ active: true }, 'daily transfers go here'],
    [{ coolingUntil: '2026-11-24T11:00:00.000Z' }, 'wait until 2026-11-24 14:00'],
    [{ warning: 'Another network.' }, 'Another network.'],
  ] as const)('with %j says %s', (more, words) => {
    expect(payeesView([{ ...testPayee, ...more }], plainPen(80)).join('\n')).toContain(words);
  });

  it('may be empty', () => {
    expect(payeesView([], plainPen(80))[0]).toMatch(/^No numbers yet/);
  });
});

describe('a transfer that did not go through', () => {
  const failed: TransferView = {
    ...testTransferTrace.transfer,
    state: 'failed',
    code: '2040',
    description: 'Unregistered',
  };

  it('comes with what its code means and what to do', () => {
    const explanation = {
      code: '2040',
      known: true,
      class: 'final',
      meaning: 'The phone is not registered.',
      advice: 'Send it elsewhere.',
    } as const;
    const told = transfersView([{ ...failed, explanation }], plainPen(200)).join('\n');
    expect(told).toContain(
      'tr_0000000000001 failed, code 2040: The phone is not registered. Send it elsewhere.',
    );
  });

  it('or with its code and the provider’s own words', () => {
    const told = transfersView([failed], plainPen(200)).join('\n');
    expect(told).toContain('code 2040: in no table');
    expect(told).toContain('Unregistered');
  });
});
