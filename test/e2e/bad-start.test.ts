import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { eventually, makeInstallation, type Installation } from '../support/engine-process.ts';

/** Everything that keeps an engine from starting gets one clear sentence with its fix. */
describe('a start that cannot be', () => {
  let installation: Installation;
  let server: Server | undefined;

  beforeEach(async () => {
    installation = await makeInstallation();
  });
  afterEach(async () => {
    await new Promise<void>((resolve) => {
      if (server === undefined) resolve();
      else server.close(() => resolve());
    });
    server = undefined;
    await installation.remove();
  }, 60_000);

  const env = (): string => join(installation.home, '.env');
  const addSetting = async (line: string): Promise<void> => {
    await writeFile(env(), `${await readFile(env(), 'utf8')}\n${line}\n`, { mode: 0o600 });
  };
  const configure = async (): Promise<void> => {
    expect((await installation.command('autoconfig')).code).toBe(0);
  };
  const refused = async (...words: readonly string[]): Promise<string> => {
    const { code, out, err } = await installation.command('start', ...words);
    expect(code).toBe(1);
    expect(out + err).not.toMatch(/\n\s+at .+:\d+/);
    return out + err;
  };
  const startsAfterAll = async (): Promise<void> => {
    const engine = await installation.start();
    expect(await engine.stop()).toBe(0);
  };

  it('names the port that is taken', async () => {
    server = createServer();
    await new Promise<void>((resolve) => server?.listen(installation.port, '127.0.0.1', resolve));
    const said = await refused();
    expect(said).toContain(`Port ${installation.port} on 127.0.0.1 is taken`);
    expect(said).toContain('QMOI_PORT');
    const json = JSON.parse((await installation.command('start', '--json')).out) as object;
    expect(json).toMatchObject({ ok: false });
  }, 60_000);

  it('names every problem of a broken configuration at once, and no value', async () => {
    await configure();
    await addSetting('QMOI_DAILY_TARGET_MPESA=plenty-of-it');
    await addSetting('QMOI_PUBLIC_URL=nowhere-at-all');
    await addSetting('AIRTEL_PIN=not-a-pin');
    const said = await refused();
    for (const name of ['QMOI_DAILY_TARGET_MPESA', 'QMOI_PUBLIC_URL', 'AIRTEL_PIN']) {
      expect(said).toContain(name);
    }
    expect(said).not.toContain('not-a-pin');
    const { code } = await installation.command('validate');
    expect(code).toBe(1);
  }, 60_000);

  it('names the folder it cannot write to', async () => {
    await configure();
    await writeFile(join(installation.home, 'data'), 'a file where a folder has to be');
    const said = await refused();
    expect(said).toContain(join(installation.home, 'data'));
    expect(said).toContain('QMOI_HOME');
    await rm(join(installation.home, 'data'));
    await startsAfterAll();
  }, 90_000);

  it.each([
    ['of a process that is gone', '{"pid":4194303,"birth":"1","startedAt":1,"isReady":true}'],
    [
      'of a number that another process has now',
      JSON.stringify({ pid: process.pid, birth: '1', startedAt: 1, isReady: true }),
    ],
    ['that holds nonsense', 'nonsense'],
    ['that is empty', ''],
  ])(
    'starts over a pid file %s',
    async (_, content) => {
      await configure();
      await mkdir(join(installation.home, 'data', 'run'), { recursive: true, mode: 0o711 });
      await writeFile(join(installation.home, 'data', 'run', 'engine.json'), content);
      expect((await installation.command('status')).code).toBe(3);
      await startsAfterAll();
    },
    90_000,
  );

  it('keeps another master secret away from a database', async () => {
    const engine = await installation.start();
    await engine.stop();
    const text = await readFile(env(), 'utf8');
    const other = 'T3hX9qLw8Rn2XyB7cD1fG5hJ0mP4sU6aE';
    await writeFile(env(), text.replace(/(QMOI_MASTER_SECRET=).*/, `$1${other}`));
    const said = await refused();
    expect(said).toContain('QMOI_MASTER_SECRET is not the one this database was made with');
    await writeFile(env(), text);
    await startsAfterAll();
  }, 120_000);

  it('says which database cannot be reached', async () => {
    await configure();
    await addSetting('DATABASE_URL=postgres://nobody:secret-word@127.0.0.1:1/none');
    const said = await refused();
    expect(said).toContain('DATABASE_URL');
    expect(said).not.toContain('secret-word');
  }, 60_000);

  it('runs in the background, once, and leaves nothing behind', async () => {
    const started = await installation.command('start', '--detach');
    expect(started.code).toBe(0);
    expect(started.out).toContain('in the background');
    expect(await refused('--detach')).toContain('already running');
    expect((await installation.command('status')).code).toBe(0);
    expect((await installation.command('stop')).code).toBe(0);
    await eventually('it is gone', async () => (await installation.command('status')).code === 3);
    expect((await installation.command('stop')).code).toBe(0);
  }, 90_000);
});
