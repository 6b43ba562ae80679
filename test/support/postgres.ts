import { randomBytes } from 'node:crypto';

import { Client } from 'pg';
import { inject } from 'vitest';

import { createWallClock, invariant } from '#kernel';
import {
  describeServerRefusal,
  isTransientServerRefusal,
  type RunningServer,
} from '#platform/database-server';

import { createTestServer } from './test-server.ts';

export interface TestDatabase {
  readonly name: string;
  readonly connectionString: string;
  /** Cuts whoever is still connected. */
  drop(): Promise<void>;
}

export interface TestDatabases {
  /**
   * Prepares a template once per test run, however many files and workers ask for it: the first
   * to come runs `prepare`, the others wait.
   */
  template(name: string, prepare: (connectionString: string) => Promise<void>): Promise<void>;
  /** A database of its own, a copy of the template when one is named. */
  createDatabase(options?: { readonly template?: string }): Promise<TestDatabase>;
}

const startAttemptsMax = 400;
const startPauseMs = 50;
/** Any number that nothing else in the `postgres` database uses. */
const templateLock = 7_411_002;
const templateName = /^[a-z][a-z0-9_]{0,30}$/;

let running: Promise<RunningServer> | undefined;

/** The run's shared PostgreSQL, started by whoever asks first and stopped after the last test. */
export async function createTestDatabases(): Promise<TestDatabases> {
  running ??= startShared();
  const server = await running;
  return {
    template: (name, prepare) => makeTemplate(server, name, prepare),
    createDatabase: async (options = {}) => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await createFrom(server, { name, template: options.template });
      return {
        name,
        connectionString: stringFor(server, name),
        drop: () =>
          withAdmin(server, async (admin) => {
            await admin.query(`drop database if exists ${name} with (force)`);
          }),
      };
    },
  };
}

/** Workers race for the start: one wins, the others take the running server over. */
async function startShared(): Promise<RunningServer> {
  const clock = createWallClock();
  const server = createTestServer(inject('testDatabaseDir'));
  for (let attempt = 1; ; attempt += 1) {
    const started = await server.start();
    if (started.ok) return started.value;
    if (attempt === startAttemptsMax || !isTransientServerRefusal(started.error))
      throw new Error(describeServerRefusal(started.error));
    await clock.sleep(startPauseMs);
  }
}

const stringFor = (server: RunningServer, database: string): string =>
  server.connectionString.reveal().replace(`/${server.database}?`, `/${database}?`);

async function withAdmin<Value>(
  server: RunningServer,
  work: (admin: Client) => Promise<Value>,
): Promise<Value> {
  const admin = new Client({ connectionString: stringFor(server, 'postgres') });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

async function createFrom(
  server: RunningServer,
  { name, template }: { readonly name: string; readonly template: string | undefined },
): Promise<void> {
  const source = template === undefined ? 'template0' : templateDatabase(template);
  await withAdmin(server, async (admin) => {
    await admin.query(`create database ${name} template ${source}`);
  });
}

function templateDatabase(name: string): string {
  invariant(templateName.test(name), 'a template has a plain name');
  return `template_${name}`;
}

/** Prepared under another name and renamed at the end: a template that exists is whole. */
async function makeTemplate(
  server: RunningServer,
  name: string,
  prepare: (connectionString: string) => Promise<void>,
): Promise<void> {
  const target = templateDatabase(name);
  await withAdmin(server, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [templateLock]);
    const found = await admin.query('select from pg_database where datname = $1', [target]);
    if (found.rowCount !== 0) return;
    const draft = `draft_${randomBytes(6).toString('hex')}`;
    await admin.query(`create database ${draft} template template0`);
    await prepare(stringFor(server, draft));
    // What preparation may have left connected would stand in the way of every copy.
    await admin.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1',
      [draft],
    );
    await admin.query(`alter database ${draft} rename to ${target}`);
    await admin.query(`alter database ${target} with is_template true allow_connections false`);
  });
}
