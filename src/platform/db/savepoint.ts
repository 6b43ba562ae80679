import { sql } from 'kysely';

import type { Tx } from './database.ts';
import { forgetTellsFrom, tellCountOf } from './after-commit.ts';
import { forgetStepsFrom, stepCountOf } from './group-steps.ts';

/** Does `work` within the transaction, and takes all of it back again where it answers false. */
export async function keepIf(tx: Tx, work: () => Promise<boolean>): Promise<boolean> {
  const before = { steps: stepCountOf(tx), tells: tellCountOf(tx) };
  await sql`savepoint tried`.execute(tx);
  const kept = await work();
  if (!kept) {
    await sql`rollback to savepoint tried`.execute(tx);
    forgetStepsFrom(tx, before.steps);
    forgetTellsFrom(tx, before.tells);
  }
  await sql`release savepoint tried`.execute(tx);
  return kept;
}
