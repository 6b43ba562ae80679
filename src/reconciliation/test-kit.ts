import { invariant } from '#kernel';

import { owner, type Engine, type TestBusiness } from '../../test/support/business.ts';
import {
  statementRows,
  type LineFacts,
  type StatementFacts,
} from '../../test/support/scripted-statement.ts';
import { csvFile } from '../../test/support/sheet-files.ts';
import type { ImportedStatement, StatementOrder, StatementPreview } from './index.ts';

/** The whole of 24 November 2026, the day before the business's clock. */
export const yesterday: StatementFacts = {
  rail: 'mpesa',
  account: 'Utility Account',
  shortCode: '600111',
  from: '2026-11-24 00:00:00',
  to: '2026-11-24 23:59:59',
};

export const paid = (receipt: string, more: Partial<LineFacts> = {}): LineFacts => ({
  receipt,
  time: '2026-11-24 10:00:00',
  kind: 'payment',
  amount: '700.00',
  reference: 'TRADING',
  ...more,
});

export const fileOf = (lines: readonly LineFacts[], facts: Partial<StatementFacts> = {}): Buffer =>
  csvFile(statementRows({ ...yesterday, ...facts }, lines));

export const orderOf = (file: Buffer, more: Partial<StatementOrder> = {}): StatementOrder => ({
  file,
  name: 'statement.csv',
  rail: undefined,
  password: undefined,
  ...more,
});

export async function preview(
  { business }: Engine,
  file: Buffer,
  more: Partial<StatementOrder> = {},
): Promise<StatementPreview> {
  const seen = await business.reconciliation.preview(orderOf(file, more));
  invariant(seen.ok, 'the statement can be read');
  return seen.value;
}

export async function commit(
  { business }: Engine,
  { id }: Pick<StatementPreview, 'id'>,
): Promise<ImportedStatement> {
  const done = await business.reconciliation.commit(id, owner);
  invariant(done.ok, 'the statement is taken');
  return done.value;
}

export const importFile = async (engine: Engine, file: Buffer): Promise<ImportedStatement> =>
  commit(engine, await preview(engine, file));

/** Sums of an account's entries, in cents. */
export async function balanceOf(town: TestBusiness, account: string): Promise<bigint> {
  const [row] = await town.rows<{ sum: bigint }>(
    `select coalesce(sum(e.amount_minor), 0)::bigint as sum from ledger_entry e
     join ledger_account a on a.business_id = e.business_id and a.id = e.account_id
     where a.name = '${account}'`,
  );
  return row?.sum ?? 0n;
}
