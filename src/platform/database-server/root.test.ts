import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createWallClock, invariant } from '#kernel';

import {
  createDatabaseServers,
  type DatabaseServers,
  query,
} from '../../../test/support/database-servers.ts';
import { checkBinaries, locateBinaries } from './binaries.ts';
import { findUser, isRoot } from './os-user.ts';
import { copyRuntime } from './runtime.ts';
import { createDatabaseServer } from './server.ts';

const clock = createWallClock();
const nobody = await findUser(clock, 'nobody');
invariant(nobody.kind === 'listed', 'every system knows nobody');
const { uid, gid } = nobody.ids;

let servers: DatabaseServers;

beforeEach(async () => {
  servers = await createDatabaseServers();
});

afterEach(() => servers.clear(), 60_000);

const patient = { timeout: 60_000 };
const ownerOfProcess = async (pid: number): Promise<number> => (await stat(`/proc/${pid}`)).uid;

describe.runIf(isRoot())('under root', patient, () => {
  it('the server runs as an unprivileged user, who owns the data', async () => {
    await servers.start();
    expect(await ownerOfProcess(await servers.pid())).toBe(uid);
    const cluster = await stat(join(servers.dataDir, 'cluster'));
    expect([cluster.uid, cluster.mode & 0o777]).toStrictEqual([uid, 0o700]);
  });

  it('data that exist are served by their owner', async () => {
    await servers.furnish();
    const { osUser: _, ...settings } = servers.settings;
    const server = createDatabaseServer({ dataDir: servers.dataDir, clock, settings });
    expect((await server.start()).ok).toBe(true);
    expect(await ownerOfProcess(await servers.pid())).toBe(uid);
  });

  it('data move out of a folder the user cannot reach, and are found again', async () => {
    const dataDir = join(servers.path, 'private', 'database');
    await mkdir(join(servers.path, 'private'), { mode: 0o700 });
    const told: string[] = [];
    const first = await servers.server(dataDir).start((text) => told.push(text));
    invariant(first.ok, 'the server starts elsewhere');
    await query(first.value, 'create table kept as select 1 as number');
    expect(told.join(' ')).toContain(join(servers.path, 'system'));
    const pointer: unknown = JSON.parse(await readFile(join(dataDir, 'moved-to.json'), 'utf8'));
    expect(pointer).toMatchObject({ requested: dataDir });
    await servers.stop();

    // The folder can be reached now, but the data are where they are.
    await chmod(join(servers.path, 'private'), 0o755);
    const later = await servers.start(dataDir);
    expect(await query(later, 'select number from kept')).toStrictEqual([[1]]);
    await servers.stop();
    await rm(join(servers.path, 'system'), { recursive: true });
    expect((await servers.refusal(dataDir))?.kind).toBe('moved-data-missing');
  });

  it('data are never left behind when their folder becomes unreachable', async () => {
    await servers.furnish();
    await chmod(servers.path, 0o700);
    expect((await servers.refusal())?.kind).toBe('folder-unreachable');
  });

  it('programs are copied out of a folder the user cannot reach, once', async () => {
    const located = await locateBinaries();
    invariant(located.ok, 'the package is installed');
    const hidden = join(servers.path, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    execFileSync('cp', ['-a', located.value.native, hidden]);
    const binaries = { native: join(hidden, 'native'), release: located.value.release };
    // As an installer that runs no scripts leaves it.
    await rm(join(binaries.native, 'lib', 'libicuuc.so.60'), { force: true });
    const account = { name: 'nobody', ids: { uid, gid } };
    expect((await checkBinaries(clock, binaries, account)).kind).toBe('unreachable');

    const systemDir = join(servers.path, 'system');
    const copies: string[] = [];
    const onCopy = (target: string): void => void copies.push(target);
    const wishes = { binaries, account, systemDir, onCopy };
    const both = await Promise.all([copyRuntime(clock, wishes), copyRuntime(clock, wishes)]);
    for (const copied of both) expect(copied).toMatchObject({ ok: true, value: { major: '18' } });
    expect(await readdir(join(systemDir, 'runtime'))).toStrictEqual([binaries.release]);
    const before = copies.length;
    expect((await copyRuntime(clock, wishes)).ok).toBe(true);
    expect(copies).toHaveLength(before);
  });

  it('a folder that belongs to somebody else is refused', async () => {
    await mkdir(servers.dataDir);
    await chown(servers.dataDir, 4711, 4711);
    expect(await servers.refusal()).toStrictEqual({
      kind: 'wrong-owner',
      path: servers.dataDir,
      owner: '4711',
      expected: 'nobody',
    });
  });
});

/** Another user can only run what it can read: not a checkout below a private folder. */
function isReadableByOthers(): boolean {
  try {
    execFileSync('test', ['-r', import.meta.filename], { uid: 65_534, gid: 65_534, cwd: '/' });
    return true;
  } catch {
    return false;
  }
}

describe.runIf(isRoot() && isReadableByOthers())('an ordinary user', patient, () => {
  const asNobody = { uid, gid, env: { PATH: '/nowhere', LC_ALL: 'xx_YY.UTF-8', LANG: 'xx' } };
  const settings = { durability: 'none' } as const;

  it('needs no root, whatever the environment says', async () => {
    await mkdir(servers.dataDir, { mode: 0o700 });
    await chown(servers.dataDir, uid, gid);
    const engine = await servers.engine(servers.dataDir, { settings, spawn: asNobody });
    expect(engine.word).toMatchObject({ firstStart: true, status: { state: 'running' } });
    engine.process.kill('SIGTERM');
    await once(engine.process, 'exit');
    expect((await servers.server().status()).state).toBe('stopped');
  });

  it.each([
    { where: 'in a folder it may not write', mode: 0o755, kind: 'folder-unwritable' },
    { where: 'in a folder it may not enter', mode: 0o700, kind: 'folder-unwritable' },
    { where: 'for another user', mode: 0o777, osUser: 'root', kind: 'os-user-unsuitable' },
  ])('does not start $where', async ({ mode, kind, ...more }) => {
    const folder = join(servers.path, 'folder');
    await mkdir(folder);
    await chmod(folder, mode);
    const engine = await servers.engine(join(folder, 'database'), {
      settings: { ...settings, ...('osUser' in more ? { osUser: more.osUser } : {}) },
      spawn: asNobody,
    });
    expect(engine.word).toMatchObject({ refused: kind });
  });

  it('does not start on data of somebody else', async () => {
    await servers.furnish();
    const engine = await servers.engine(servers.dataDir, {
      settings,
      spawn: { ...asNobody, uid: uid - 1, gid },
    });
    expect(engine.word).toMatchObject({ refused: 'wrong-owner' });
  });
});
