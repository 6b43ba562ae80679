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
let admin: Promise<Client> | undefined;
/** Templates that are there, as far as this worker knows. */
const ready = new Map<string, Promise<void>>();

/** The run's shared PostgreSQL, started by whoever asks first and stopped after the last test. */
export async function createTestDatabases(): Promise<TestDatabases> {
  running ??= startShared();
  const server = await running;
  return {
    template: async (name, prepare) => {
      const making = ready.get(name) ?? makeTemplate(server, name, prepare);
      ready.set(name, making);
      await making.catch((error: unknown) => {
        ready.delete(name);
        throw error;
      });
    },
    createDatabase: async (options = {}) => {
      const name = `test_${randomBytes(6).toString('hex')}`;
      await createFrom(server, { name, template: options.template });
      return {
        name,
        connectionString: stringFor(server, name),
        drop: async () => {
          const client = await adminOf(server);
          await client.query(`drop database if exists ${name} with (force)`);
        },
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

/** One connection for all the databases that a worker makes and drops. */
function adminOf(server: RunningServer): Promise<Client> {
  admin ??= connectAdmin(server);
  return admin;
}

async function connectAdmin(server: RunningServer): Promise<Client> {
  const client = new Client({ connectionString: stringFor(server, 'postgres') });
  // It stays open to the end, when the server is stopped under it.
  client.on('error', () => undefined);
  client.once('end', () => {
    admin = undefined;
  });
  await client.connect();
  return client;
}

async function createFrom(
  server: RunningServer,
  { name, template }: { readonly name: string; readonly template: string | undefined },
): Promise<void> {
  const source = template === undefined ? 'template0' : templateDatabase(template);
  // Files are copied whole: page by page through the log takes twice as long.
  const client = await adminOf(server);
  await client.query(`create database ${name} template ${source} strategy file_copy`);
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
  const client = new Client({ connectionString: stringFor(server, 'postgres') });
  await client.connect();
  try {
    // Given back with the connection.
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const found = await client.query('select from pg_database where datname = $1', [target]);
    if (found.rowCount !== 0) return;
    const draft = `draft_${randomBytes(6).toString('hex')}`;
    await client.query(`create database ${draft} template template0`);
    await prepare(stringFor(server, draft));
    // What preparation may have left connected would stand in the way of every copy.
    await client.query(
      'select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1',
      [draft],
    );
    await client.query(`alter database ${draft} rename to ${target}`);
    await client.query(`alter database ${target} with is_template true allow_connections false`);
  } finally {
    await client.end();
  }
}
