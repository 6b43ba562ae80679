import { err, ok, type Clock, type RailId, type Result } from '#kernel';
import { readSheet, type SheetKind } from '#platform/sheets';
import type { Rail, StatementProblem, WalletNames } from '#rails';

import type { StatementRefusal } from '../errors.ts';
import { check, problemsOf, type CheckedStatement } from './statement.ts';

export interface StatementReaderDeps {
  readonly clock: Clock;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly shortCodes: ReadonlyMap<RailId, readonly string[]>;
  readonly walletNames: ReadonlyMap<RailId, WalletNames>;
}

export interface StatementOrder {
  readonly file: Buffer;
  readonly name: string;
  /** Undefined: whichever rail can read it. */
  readonly rail: RailId | undefined;
  readonly password: string | undefined;
}

export interface ReadFile {
  readonly kind: SheetKind;
  readonly statement: CheckedStatement;
}

/** Reads and checks the whole of a file; nothing is written. */
export function createStatementReader(deps: StatementReaderDeps) {
  const { clock } = deps;

  const readersFor = (
    wanted: RailId | undefined,
  ): readonly { readonly id: RailId; readonly rail: Rail }[] =>
    [...deps.rails]
      .filter(([id, rail]) => rail.readStatement !== undefined && (wanted ?? id) === id)
      .map(([id, rail]) => ({ id, rail }));

  return async (
    order: StatementOrder,
    onProgress?: (rows: number) => void,
  ): Promise<Result<ReadFile, StatementRefusal>> => {
    const { rail: wanted, password } = order;
    if (wanted !== undefined && !deps.rails.has(wanted)) {
      return err({ kind: 'rail-not-configured', rail: wanted });
    }
    const sheet = await readSheet(order.file, { password, onProgress });
    if (!sheet.ok) return err({ kind: 'file-refused', file: sheet.error });
    let damaged: readonly StatementProblem[] | undefined;
    for (const { id, rail } of readersFor(wanted)) {
      const reading = rail.readStatement?.({ rows: sheet.value.rows });
      if (reading === undefined || reading.kind === 'not-mine') continue;
      if (reading.kind === 'damaged') {
        damaged ??= reading.problems;
        continue;
      }
      const { shortCode } = reading.statement;
      const own = deps.shortCodes.get(id) ?? [];
      if (shortCode !== undefined && own.length > 0 && !own.includes(shortCode)) {
        return err({ kind: 'foreign-short-code', rail: id, shortCode });
      }
      const now = clock.now();
      const names = deps.walletNames.get(id);
      const wallets = names === undefined ? [] : [names.collection, names.payout];
      const problems = problemsOf(reading.statement, now);
      if (problems.length > 0) return err({ kind: 'statement-damaged', problems });
      return ok({
        kind: sheet.value.kind,
        statement: check(id, reading.statement, { now, wallets }),
      });
    }
    return damaged === undefined
      ? err({ kind: 'no-statement', asked: wanted })
      : err({ kind: 'statement-damaged', problems: damaged });
  };
}

export type StatementReader = ReturnType<typeof createStatementReader>;
