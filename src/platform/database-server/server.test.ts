import { once } from 'node:events';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  createDatabaseServers,
  type DatabaseServers,
  query,
} from '../../../test/support/database-servers.ts';

let servers: DatabaseServers;
let cluster: string;

beforeEach(async () => {
  servers = await createDatabaseServers();
  cluster = join(servers.dataDir, 'cluster');
});

afterEach(() => servers.clear(), 60_000);

// Real servers on a machine that others use as well.
const patient = { timeout: 60_000 };

describe('a start', patient, () => {
  it('makes a database at first and finds it later', async () => {
    expect(await servers.server().status()).toStrictEqual({ state: 'absent' });
    const first = await servers.start(servers.dataDir, { durability: 'full' });
    expect(first).toMatchObject({ firstStart: true, adopted: false, recovered: false });
    await query(first, "create table kept as select 'jambo' as word");
    const status = await servers.server().status();
    expect(status).toMatchObject({ state: 'running' });
    await servers.stop();
    expect(await servers.server().status()).toMatchObject({ state: 'stopped' });

    const later = await servers.start(servers.dataDir, { durability: 'full' });
    expect(later).toMatchObject({ firstStart: false, adopted: false, recovered: false });
    expect(await query(later, 'select word from kept')).toStrictEqual([['jambo']]);
  });

  it('sets the server up for money', async () => {
    await servers.furnish();
    const server = await servers.start(servers.dataDir, { durability: 'full' });
    const rows = await query(
      server,
      `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit',
         'full_page_writes', 'data_checksums', 'server_encoding', 'listen_addresses', 'TimeZone',
         'password_encryption', 'checkpoint_timeout', 'jit')`,
    );
    expect(Object.fromEntries(rows)).toStrictEqual({
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      server_encoding: 'UTF8',
      listen_addresses: '',
      TimeZone: 'UTC',
      password_encryption: 'scram-sha-256',
      checkpoint_timeout: '900',
      jit: 'off',
    });
    const letters = "select upper('é'), 'a' < 'B', current_user";
    expect(await query(server, letters)).toStrictEqual([['É', false, 'qmoi']]);
  });

  it('lets nobody in without the password, which it keeps to itself', async () => {
    await servers.furnish();
    const server = await servers.start();
    const stranger = new Client({ host: server.host, user: 'qmoi', password: 'wrong' });
    await expect(stranger.connect()).rejects.toThrow('password authentication failed');
    const { mode } = await stat(join(servers.dataDir, 'password'));
    expect(mode & 0o777).toBe(0o600);
    expect(JSON.stringify(server)).not.toContain(server.password.reveal());
  });

  it('keeps statements and values out of the log', async () => {
    await servers.furnish();
    const server = await servers.start();
    const insert = "insert into phones values ('254700000001')";
    await query(server, `create table phones (msisdn text unique); ${insert}`);
    await expect(query(server, insert)).rejects.toThrow('duplicate key');
    await servers.stop();
    const folder = join(servers.dataDir, 'log');
    const names = await readdir(folder);
    const logged = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
    // That it refused the statement is in the log, and so the log was written.
    expect(logged.join('\n')).toContain('duplicate key');
    expect(logged.join('\n')).not.toContain('254700000001');
  });

  it.each([
    ['with spaces and signs', `it's "ours", $HOME & 100 %`],
    ['too long for a socket', 'd'.repeat(120)],
  ])('takes a folder %s', async (_, name) => {
    const dataDir = join(servers.path, name);
    const server = await servers.start(dataDir);
    expect(await query(server, 'select 1')).toStrictEqual([[1]]);
    expect((await servers.start(dataDir)).adopted).toBe(true);
    const { mode } = await stat(server.host);
    expect(mode & 0o777).toBe(0o700);
    expect(Buffer.byteLength(join(server.host, '.s.PGSQL.5432'))).toBeLessThanOrEqual(100);
    await servers.stop();
    await expect(stat(server.host)).rejects.toThrow('ENOENT');
  });

  it('loses to another start that is under way', async () => {
    const both = await Promise.all([servers.server().start(), servers.server().start()]);
    const kinds = both.map((one) => (one.ok ? 'won' : one.error.kind));
    expect(kinds.toSorted()).toStrictEqual(['start-in-progress', 'won']);
  });

  it.runIf(process.platform === 'linux')('gives the server a session of its own', async () => {
    await servers.furnish();
    await servers.start();
    const pid = await servers.pid();
    const [, rest = ''] = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ');
    const session = rest.split(' ')[3];
    expect(Number(session)).toBe(pid);
  });
});

describe('after a crash', patient, () => {
  beforeEach(() => servers.furnish());

  it('a start takes over the server of an engine that was killed', async () => {
    const engine = await servers.engine(servers.dataDir);
    expect(engine.word).toMatchObject({ adopted: false, status: { state: 'running' } });
    const pid = await servers.pid();
    engine.process.kill('SIGKILL');
    await once(engine.process, 'exit');

    const taken = await servers.start();
    expect(taken).toMatchObject({ adopted: true, firstStart: false, recovered: false });
    expect(await servers.pid()).toBe(pid);
    expect(await query(taken, 'select 1')).toStrictEqual([[1]]);
  });

  it('a start recovers a server that was killed', async () => {
    const before = await servers.start();
    await query(before, 'create table kept as select 7 as number');
    await servers.kill();
    expect((await servers.server().status()).state).toBe('stopped');
    const after = await servers.start();
    expect(after).toMatchObject({ adopted: false, firstStart: false, recovered: true });
    expect(await query(after, 'select number from kept')).toStrictEqual([[7]]);
  });

  it('another program that got the pid neither blocks the start nor is stopped', async () => {
    await servers.start();
    await servers.kill();
    // PostgreSQL itself takes a living process of its own user for its server, in both files.
    for (const name of ['cluster/postmaster.pid', 'socket/.s.PGSQL.5432.lock']) {
      const path = join(servers.dataDir, name);
      const [, ...lines] = (await readFile(path, 'utf8')).split('\n');
      await writeFile(path, [String(process.pid), ...lines].join('\n'));
    }
    await servers.server().stop();
    expect(await servers.start()).toMatchObject({ adopted: false, recovered: true });
  });

  it('a copy of a folder in use is not taken for the original', async () => {
    const original = await servers.start();
    await query(original, 'create table kept as select 1 as number');
    await query(original, 'checkpoint');
    const copy = join(servers.path, 'copy');
    await copyFolder(servers.dataDir, copy);
    const other = await servers.start(copy);
    expect(other).toMatchObject({ adopted: false, recovered: true });
    await query(other, 'drop table kept');
    expect(await query(original, 'select number from kept')).toStrictEqual([[1]]);
  });

  it('what a killed initdb left is made anew', async () => {
    const half = join(servers.dataDir, 'cluster.making-0123456789abcdef');
    await copyFolder(cluster, half);
    await rm(join(half, 'postgresql.conf'));
    await emptyFolder(cluster);
    expect(await servers.start()).toMatchObject({ firstStart: true });
    await expect(stat(half)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['PG_VERSION', 'PG_VERSION is missing'],
    ['global/pg_control', 'global/pg_control is missing or short'],
  ])('what could hold data is never made anew: no %s', async (file, detail) => {
    await rm(join(cluster, file));
    expect(await servers.refusal()).toStrictEqual({ kind: 'data-damaged', path: cluster, detail });
    expect(await readdir(cluster)).toContain('base');
  });
});

async function copyFolder(from: string, to: string): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  execFileSync('cp', ['-a', from, to]);
}

async function emptyFolder(path: string): Promise<void> {
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true });
}

describe('the password', patient, () => {
  beforeEach(() => servers.furnish());

  it.each(['running', 'stopped'])('is replaced when lost, server %s', async (state) => {
    const before = await servers.start();
    await query(before, 'create table kept as select 1 as number');
    if (state === 'stopped') await servers.stop();
    await rm(join(servers.dataDir, 'password'));
    const after = await servers.start();
    expect(after.password.reveal()).not.toBe(before.password.reveal());
    expect(await query(after, 'select number from kept')).toStrictEqual([[1]]);
  });

  it.each(['running', 'stopped'])('is not replaced when wrong, server %s', async (state) => {
    await servers.start();
    if (state === 'stopped') await servers.stop();
    const path = join(servers.dataDir, 'password');
    await writeFile(path, 'wrong\n');
    expect(await servers.refusal()).toStrictEqual({ kind: 'password-refused', path });
    expect((await servers.server().status()).state).toBe(state);
  });
});

describe('a refusal', patient, () => {
  it('names the version that wrote the data', async () => {
    await servers.furnish();
    await writeFile(join(cluster, 'PG_VERSION'), '17\n');
    expect(await servers.refusal()).toStrictEqual({
      kind: 'other-version',
      path: cluster,
      found: '17',
      expected: '18',
    });
  });

  it('quotes what the server says', async () => {
    await servers.furnish();
    const parameters = { work_mem: 'plenty' };
    expect(await servers.refusal(servers.dataDir, { parameters })).toMatchObject({
      kind: 'start-failed',
      detail: expect.stringContaining('contains errors') as unknown,
    });
    expect((await servers.server().status()).state).toBe('stopped');
  });

  it('comes when a file lies where the folder should be', async () => {
    const file = join(servers.path, 'a-file');
    await writeFile(file, '');
    expect((await servers.refusal(join(file, 'database')))?.kind).toBe('folder-unwritable');
  });
});
