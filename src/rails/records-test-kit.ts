/**
 * What a rail must make of the provider's own records: its codes, its tariff, its statements, and
 * the pictures it draws. Part of the contract in `test-kit.ts`.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { invariant, parseBusinessDate, shillings } from '#kernel';
import { codeClasses, codeSubjects, type CodeSubject } from './explanation.ts';
import type { StatementLineKind, StatementTable } from './statement.ts';
import type { RailWorld, Scene } from './test-world.ts';

export interface RecordsContract<World extends RailWorld> {
  /** Every code that the simulator can answer, under each subject it is heard about. */
  readonly codes?: readonly { readonly subject: CodeSubject; readonly code: string }[];
  /** The provider's statements, each with what its own books say was in it. */
  readonly statements?: (world: World) => Promise<readonly TrueStatement[]>;
}

export interface TrueStatement {
  readonly account: string;
  readonly table: StatementTable;
  /** Oldest first. */
  readonly truth: readonly TrueLine[];
}

export interface TrueLine {
  readonly kind: StatementLineKind;
  readonly receipt: string;
  /** Above zero into the wallet. */
  readonly amountMinor: bigint;
  readonly linkedReceipt: string | undefined;
}

interface RecordsStage<World extends RailWorld> {
  readonly open: () => Scene;
  readonly worldOf: () => World;
}

function describeCodes<World extends RailWorld>(
  { open }: RecordsStage<World>,
  codes: RecordsContract<World>['codes'] = [],
): void {
  it('explains every code that its provider answers', ({ skip }) => {
    const { rail } = open();
    if (rail.explain === undefined) {
      skip('the rail explains nothing');
      return;
    }
    expect(codes.length).toBeGreaterThan(0);
    for (const { code, subject } of codes) {
      const explained = rail.explain(code, subject);
      expect({ subject, ...explained }).toMatchObject({ subject, code, known: true });
      expect(explained.meaning).toMatch(/\S/);
      expect(explained.advice).toMatch(/\S/);
    }
  });

  it('explains any text at all, and repeats it as it came', ({ skip }) => {
    const { rail } = open();
    if (rail.explain === undefined) {
      skip('the rail explains nothing');
      return;
    }
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('constructor'));
    fc.assert(
      fc.property(text, fc.constantFrom(...codeSubjects), (code, subject) => {
        const explained = rail.explain?.(code, subject);
        expect(explained?.code).toBe(code);
        expect(codeClasses).toContain(explained?.class);
        // What nobody wrote down concludes nothing.
        expect(explained?.known === true || explained?.class === 'unknown').toBe(true);
      }),
    );
  });
}

function describeFees<World extends RailWorld>({ open }: RecordsStage<World>): void {
  it('knows fees that are never below zero, nor above what they are for', ({ skip }) => {
    const { rail } = open();
    const { feeMinor } = rail;
    if (feeMinor === undefined) {
      skip('the rail has no tariff');
      return;
    }
    const day = parseBusinessDate('2026-11-23');
    invariant(day.ok, 'a date');
    const amounts = fc.integer({ min: 1, max: 250_000 });
    fc.assert(
      fc.property(amounts, fc.constantFrom('payment', 'payout'), (amount, about) => {
        const amountMinor = shillings(amount);
        const fee = feeMinor({ about, amountMinor, on: day.value }) ?? 0n;
        expect(fee).toBeGreaterThanOrEqual(0n);
        expect(fee).toBeLessThan(amountMinor);
      }),
    );
  });
}

function describeStatements<World extends RailWorld>(
  { worldOf, open }: RecordsStage<World>,
  statements: RecordsContract<World>['statements'],
): void {
  it('reads of the provider’s statements exactly what its books hold', async ({ skip }) => {
    const { rail } = open();
    if (rail.readStatement === undefined || statements === undefined) {
      skip('the rail reads no statements');
      return;
    }
    const listed = await statements(worldOf());
    expect(listed.length).toBeGreaterThan(0);
    for (const { account, table, truth } of listed) {
      const reading = rail.readStatement(table);
      expect(reading).toMatchObject({ kind: 'statement', statement: { account } });
      const lines = reading.kind === 'statement' ? reading.statement.lines : [];
      expect(lines.every(({ completed }) => completed)).toBe(true);
      expect(truth.length).toBeGreaterThan(0);
      expect(
        lines.map(({ kind, receipt, amountMinor, linkedReceipt }) => ({
          kind,
          receipt,
          amountMinor,
          linkedReceipt,
        })),
      ).toEqual(truth);
    }
  });

  it('refuses a statement with any line left out', async ({ skip }) => {
    const { rail } = open();
    if (rail.readStatement === undefined || statements === undefined) {
      skip('the rail reads no statements');
      return;
    }
    const listed = await statements(worldOf());
    expect(listed.length).toBeGreaterThan(0);
    for (const { table, truth } of listed) {
      // Lines stand together at the end of the table, one row each.
      const { rows } = table;
      const first = rows.length - truth.length;
      for (const at of [first, first + Math.floor(truth.length / 2), rows.length - 1]) {
        const holed = { rows: rows.filter((_, n) => n !== at) };
        expect(rail.readStatement(holed).kind).toBe('damaged');
      }
    }
  });
}

function describePictures<World extends RailWorld>({ open }: RecordsStage<World>): void {
  it('draws a code that a phone’s camera can be shown', async ({ skip }) => {
    const { rail, reference } = open();
    if (rail.paymentCodes === undefined) {
      skip('the provider draws no codes');
      return;
    }
    const asked = { amountMinor: shillings(55), reference, payeeName: 'Contract', sizePx: 200 };
    const made = await rail.paymentCodes.create(asked);
    expect(made.kind).toBe('made');
    const png = made.kind === 'made' ? made.png : Buffer.alloc(0);
    expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
  });
}

/** Comes last: statements are compared with everything that happened before. */
export function describeProviderRecords<World extends RailWorld>(
  stage: RecordsStage<World>,
  contract: RecordsContract<World>,
): void {
  describe('of what its provider writes, the rail', () => {
    describeCodes(stage, contract.codes);
    describeFees(stage);
    describePictures(stage);
    describeStatements(stage, contract.statements);
  });
}
