/**
 * Writes docs/schema.sql: migrates an empty database and reads it back. Without DATABASE_URL, which
 * must then name an empty database, a server of its own is started for a moment.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

import { createWallClock } from '#kernel';
import { createDatabaseServer, describeServerRefusal } from '#platform/database-server';
import { createDatabase, migrate } from '#platform/db';

import { readSchema } from './schema.ts';
import { root } from './sources.ts';

const schemaFile = join(root, 'docs', 'schema.sql');

async function write(connectionString: string): Promise<void> {
  const database = createDatabase({ connectionString });
  await migrate(database);
  await database.close();
  writeFileSync(schemaFile, await readSchema(connectionString));
  process.stdout.write('docs/schema.sql\n');
}

async function withServer(work: (connectionString: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'write-schema-'));
  const server = createDatabaseServer({
    dataDir: join(folder, 'database'),
    clock: createWallClock(),
  });
  const started = await server.start();
  if (!started.ok) throw new Error(describeServerRefusal(started.error));
  try {
    await work(started.value.connectionString.reveal());
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

await (env['DATABASE_URL'] === undefined ? withServer(write) : write(env['DATABASE_URL']));
