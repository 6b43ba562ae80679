import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  businessDateOf,
  createPrng,
  dayMs,
  invariant,
  parseAmountMinor,
  parseBusinessDate,
  shillings,
} from '#kernel';
import type { Statement, StatementLine, StatementReading } from '#rails';
import type { AirtelConfig } from '#rails/airtel';

import { payoutFor, promptFor, type Scene } from '#rails/test-kit';
import type { ProviderWorld } from '../support/provider-world.ts';
import { createStagedAirtelRail, openAirtelWorld } from './airtel-stage.ts';
import { openFor, openPhone, openScene } from './scene.ts';

type StagedScene = Scene & { readonly world: ProviderWorld };

const day = parseBusinessDate('2026-01-01');
invariant(day.ok, 'the first of January is a day');
const contract: AirtelConfig['contract'] = [
  {
    effectiveFrom: day.value,
    collection: { fixedMinor: 0n, basisPoints: 150n },
    payout: { fixedMinor: shillings(10), basisPoints: 0n },
  },
];

/** A wallet that pays the fees that the contract foretells. */
async function stage(knobs: Readonly<Record<string, unknown>> = {}): Promise<StagedScene> {
  const fees = { collectionFeeBasisPoints: 150, disbursementFeeShillings: 10 };
  const world = await openFor(openAirtelWorld({ ...fees, knobs }));
  return { ...openScene(world, (deps) => createStagedAirtelRail(deps, { contract })), world };
}

async function readStatement(
  { world, rail }: StagedScene,
  query: string,
): Promise<StatementReading> {
  const outcome = await world.line.send({
    method: 'GET',
    url: `http://127.0.0.1:1/sim/statement?${query}`,
    headers: {},
    timeoutMs: 1_000,
  });
  invariant(outcome.kind === 'answer' && outcome.status === 200, 'there is a statement');
  const rows = parse(outcome.body);
  const table = { rows: rows.map((cells, n) => ({ line: n + 1, cells })) };
  invariant(rail.readStatement !== undefined, 'the rail reads statements');
  return rail.readStatement(table);
}

async function statementOf(scene: StagedScene, query: string): Promise<Statement> {
  const reading = await readStatement(scene, query);
  invariant(reading.kind === 'statement', `a statement is read, not what is ${reading.kind}`);
  return reading.statement;
}

interface Truth {
  readonly kind: 'collection' | 'disbursement' | 'refund';
  readonly ownId: string | null;
  readonly airtelId: string;
  readonly amount: string;
  readonly fee: string;
  readonly msisdn: string;
  readonly reference: string;
  readonly refundOf: string | null;
  readonly at: string;
}

const minorOf = (text: string): bigint => {
  const parsed = parseAmountMinor(text);
  invariant(parsed.ok, `${text} is an amount`);
  return parsed.value;
};

const kinds = { collection: 'payment', disbursement: 'payout', refund: 'refund' } as const;

/** The lines that the simulator's own truth demands, its fee beside each. */
function expectedLines(truth: Truth): readonly object[] {
  const { kind, ownId, airtelId: receipt, refundOf, at, reference, msisdn } = truth;
  const isIn = kind === 'collection';
  const line = {
    kind: kinds[kind],
    receipt,
    occurredAt: Math.floor(Date.parse(at) / 1_000) * 1_000,
    completed: true,
    amountMinor: (isIn ? 1n : -1n) * minorOf(truth.amount),
    accountReference: reference,
    party: msisdn.slice(3),
    linkedReceipt: refundOf ?? undefined,
    ownId: kind === 'refund' ? undefined : (ownId ?? undefined),
  };
  const feeMinor = minorOf(truth.fee);
  const fee = { kind: 'fee', receipt, linkedReceipt: receipt, amountMinor: -feeMinor };
  return feeMinor === 0n ? [line] : [line, fee];
}

async function truthOf({ world }: StagedScene): Promise<readonly Truth[]> {
  const { transactions } = await world.admin('GET', '/truth?limit=1000');
  return transactions as Truth[];
}

const linesBut = (statement: Statement, kind: StatementLine['kind']): readonly StatementLine[] =>
  statement.lines.filter((line) => line.kind !== kind);

type Act =
  | { readonly kind: 'prompt' | 'payout' | 'unasked'; readonly amount: number }
  | { readonly kind: 'refund'; readonly nth: number }
  | { readonly kind: 'float'; readonly amount: number }
  | { readonly kind: 'pass'; readonly ms: number };

async function act(scene: StagedScene, one: Act): Promise<void> {
  const { world, rail } = scene;
  switch (one.kind) {
    case 'prompt': {
      const msisdn = await openPhone(scene);
      await world.admin('PUT', `/phones/${msisdn}/script`, { onPrompt: 'approve', afterMs: 1_000 });
      await rail.sendPrompt(promptFor(scene, msisdn, shillings(one.amount)));
      return;
    }
    case 'payout': {
      const msisdn = await openPhone(scene, 0n);
      await rail.sendPayout(payoutFor(scene, msisdn, shillings(one.amount)));
      return;
    }
    case 'unasked': {
      const msisdn = await openPhone(scene);
      const reference = 'Shop 7, "left", =1+1';
      await world.admin('POST', `/phones/${msisdn}/pay`, { amount: one.amount, reference });
      return;
    }
    case 'refund': {
      const truth = await truthOf(scene);
      const paid = truth.filter(({ kind }) => kind === 'collection').at(one.nth);
      if (paid === undefined) return;
      const request = payoutFor(scene, await openPhone(scene), minorOf(paid.amount));
      await rail.refunds?.send({ ...request, receipt: paid.airtelId });
      return;
    }
    case 'float':
      await world.admin('POST', '/org/float', { amount: one.amount });
      return;
    case 'pass':
      await world.pass(one.ms);
  }
}

const amount = fc.integer({ min: 1, max: 2_000 });
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constantFrom('prompt', 'payout', 'unasked'), amount }),
  fc.record({ kind: fc.constant('refund'), nth: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant('float'), amount }),
  fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1_000, max: 9_000 }) }),
);

describe('the provider’s own statement', () => {
  const looks = ['split', 'signed'].flatMap((layout) =>
    ['oldest', 'newest'].map((order) => ({ layout, order })),
  );

  it('is read as exactly what the provider knows, in every form of it', async () => {
    expect.hasAssertions();
    await fc.assert(
      fc.asyncProperty(fc.array(anyAct, { minLength: 4, maxLength: 16 }), async (acts) => {
        const scene = await stage();
        for (const one of acts) await act(scene, one);
        await scene.world.settle();
        const truth = await truthOf(scene);
        const org = await scene.world.admin('GET', '/org');
        for (const { layout, order } of looks) {
          const statement = await statementOf(scene, `layout=${layout}&order=${order}`);
          const expected = truth.map(expectedLines);
          const inOrder =
            order === 'oldest'
              ? expected.flat()
              : expected.toReversed().flatMap((pair) => pair.toReversed());
          expect(linesBut(statement, 'top-up')).toMatchObject(inOrder);
          expect(linesBut(statement, 'top-up')).toHaveLength(inOrder.length);
          expect(statement).toMatchObject({
            account: 'wallet',
            openingMinor: 0n,
            closingMinor: minorOf(String(org['balance'])),
          });
        }
      }),
      { numRuns: 6 },
    );
  });

  it('charges what the contract says', async () => {
    const scene = await stage();
    for (const one of [
      { kind: 'prompt', amount: 777 },
      { kind: 'unasked', amount: 33 },
      { kind: 'payout', amount: 1_234 },
    ] as const) {
      await act(scene, one);
    }
    await scene.world.settle();
    const { lines } = await statementOf(scene, '');
    const fees = lines.filter(({ kind }) => kind === 'fee');
    expect(fees).toHaveLength(3);
    for (const fee of fees) {
      const charged = lines.find(({ receipt, kind }) => receipt === fee.receipt && kind !== 'fee');
      invariant(charged !== undefined, 'a fee has its movement');
      const isPayout = charged.kind === 'payout';
      const foretold = scene.rail.feeMinor?.({
        about: isPayout ? 'payout' : 'payment',
        amountMinor: isPayout ? -charged.amountMinor : charged.amountMinor,
        on: businessDateOf(charged.occurredAt),
      });
      expect(-fee.amountMinor).toBe(foretold);
    }
  });

  it('tells a period, and the wallet at both of its ends', async () => {
    const scene = await stage();
    const { world } = scene;
    await act(scene, { kind: 'prompt', amount: 100 });
    await world.settle();
    const from = world.clock.now();
    await world.pass(1_000);
    await act(scene, { kind: 'payout', amount: 40 });
    const to = from + 60_000;
    const statement = await statementOf(scene, `from=${from}&to=${to}`);
    const openingMinor = shillings(250_000) + 98_50n;
    expect(statement).toMatchObject({
      fromAt: Math.floor(from / 1_000) * 1_000,
      toAt: Math.floor(to / 1_000) * 1_000,
      openingMinor,
      closingMinor: openingMinor - shillings(50),
      lines: [{ kind: 'payout' }, { kind: 'fee' }],
    });
    const none = await statementOf(scene, `from=${to}&to=${to + dayMs}`);
    expect(none.lines).toEqual([]);
    expect(none).toMatchObject({ openingMinor: openingMinor - shillings(50) });
  });

  it('shows refunds whose answer was lost, and payments that no callback told of', async () => {
    const refundLoss = { rate: 1, effect: 'now' };
    const scene = await stage({ refundLoss, dropCallbacks: 1 });
    await act(scene, { kind: 'prompt', amount: 60 });
    await scene.world.settle();
    await act(scene, { kind: 'refund', nth: 0 });
    const { lines } = await statementOf(scene, '');
    const [, payment, , refund] = lines;
    expect(refund).toMatchObject({ kind: 'refund', linkedReceipt: payment?.receipt });
    expect(scene.world.callbacks()).toEqual([]);
  });

  it('that lost a line, or had one changed, is refused', async () => {
    const scene = await stage();
    for (let n = 0; n < 4; n += 1) await act(scene, { kind: 'unasked', amount: 50 + n });
    const prng = createPrng(11);
    const { line } = scene.world;
    const url = 'http://127.0.0.1:1/sim/statement';
    const outcome = await line.send({ method: 'GET', url, headers: {}, timeoutMs: 1_000 });
    const rows = parse(outcome.kind === 'answer' ? outcome.body : '');
    const rowsOf = (cells: string[][]) => cells.map((row, n) => ({ line: n + 1, cells: row }));
    // Title, four notes, header, float: the four payments come after these.
    const hurt = prng.between(7, 10);
    const without = rows.filter((_, n) => n !== hurt);
    expect(scene.rail.readStatement?.({ rows: rowsOf(without) })?.kind).toBe('damaged');
    const changed = rows.map((row, n) => (n === hurt ? row.with(4, '1.00') : row));
    expect(scene.rail.readStatement?.({ rows: rowsOf(changed) })).toMatchObject({
      kind: 'damaged',
      problems: expect.arrayContaining([expect.objectContaining({ line: hurt + 1 })]),
    });
  });
});
