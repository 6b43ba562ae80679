import { sql } from 'kysely';

import type { Tx } from './database.ts';
import { forgetStepsFrom, stepCountOf } from './last-steps.ts';

/** Does `work` within the transaction, and takes all of it back again where it answers false. */
export async function keepIf(tx: Tx, work: () => Promise<boolean>): Promise<boolean> {
  const stepsBefore = stepCountOf(tx);
  await sql`savepoint tried`.execute(tx);
  const kept = await work();
  if (!kept) {
    await sql`rollback to savepoint tried`.execute(tx);
    forgetStepsFrom(tx, stepsBefore);
  }
  await sql`release savepoint tried`.execute(tx);
  return kept;
}
