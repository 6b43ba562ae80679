import type { Clock } from '#kernel';
import type { ProofCheck } from '#ledger';
import type { Config } from '#platform/config';
import { silentLog } from '#platform/log';

import { openBooks } from './books.ts';
import { foldersOf } from './home.ts';
import { rehearsedRails, settingsOf } from './providers.ts';
import { assemble } from './wiring.ts';

/** Proves the books of an engine that is not running: the database is started for it alone. */
export async function proveAtRest(config: Config, clock: Clock): Promise<readonly ProofCheck[]> {
  const books = await openBooks({ config, clock, log: silentLog });
  try {
    const callbackUrl = (): string => 'http://127.0.0.1/';
    const { spool } = foldersOf(config.home, config.mode);
    const settings = settingsOf(config, { clock, callbackUrl, spoolFolder: spool });
    const business = await assemble(books.foundation, rehearsedRails(config, clock), settings);
    const checks = await business.proof();
    await business.spool.close();
    return checks;
  } finally {
    await books.close({ stopServer: !books.wasRunning });
  }
}
