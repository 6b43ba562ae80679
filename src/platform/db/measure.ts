import { sql } from 'kysely';

import type { Executor } from './database.ts';

export interface DatabaseMeasure {
  /** The server's own: `18.4`. */
  readonly version: string;
  readonly sizeBytes: number;
}

/** How large it is on its disk: the server looks at its files, not into its tables. */
export async function measureDatabase(executor: Executor): Promise<DatabaseMeasure> {
  const { rows } = await sql<{ version: string; sizeBytes: bigint }>`
    select current_setting('server_version') as version,
      pg_database_size(current_database()) as "sizeBytes"`.execute(executor);
  const [row] = rows;
  return { version: row?.version ?? '', sizeBytes: Number(row?.sizeBytes ?? 0n) };
}
