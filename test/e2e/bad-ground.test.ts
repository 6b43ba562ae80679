import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { getuid } from 'node:process';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createWallClock } from '#kernel';
import { createDatabaseServer } from '#platform/database-server';
import { createDatabase, sql } from '#platform/db';

import { eventually, makeInstallation, type Installation } from '../support/engine-process.ts';

const run = promisify(execFile);
const masterKey = /qmoi-[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}/;

/** Only root may mount, and in some containers not even root: those tests are then left out. */
async function canMount(): Promise<boolean> {
  if (process.platform !== 'linux' || getuid?.() !== 0) return false;
  return run('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).then(
    () => true,
    () => false,
  );
}
const mayMount = await canMount();

/** A live configuration that is whole; its hosts are never asked. */
const live = {
  QMOI_MODE: 'live',
  QMOI_PUBLIC_URL: 'https://pay.example.co.ke',
  MPESA_CONSUMER_KEY: 'live-consumer-key',
  MPESA_CONSUMER_SECRET: 'live-consumer-secret',
  MPESA_BUSINESS_SHORTCODE: '654321',
  MPESA_PASSKEY: 'live-passkey-0123456789',
  MPESA_INITIATOR_NAME: 'liveapi',
  MPESA_INITIATOR_PASSWORD: 'Live#2026',
  QMOI_AUTO_TRANSFER_MPESA: '0',
  QMOI_AUTO_TRANSFER_AIRTEL: '0',
};

const publicKeyPem = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey.export({
    type: 'spki',
    format: 'pem',
  });

/** What the engine stands on gives way: files, folders, disk, data, helpers. */
describe('a start on bad ground', () => {
  let installation: Installation;
  const undo: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    installation = await makeInstallation();
  });
  afterEach(async () => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
    await installation.remove();
  }, 60_000);

  const inHome = (...names: readonly string[]): string => join(installation.home, ...names);
  const configured = async (): Promise<void> => {
    expect((await installation.command('autoconfig')).code).toBe(0);
  };
  const mount = async (folder: string, options: string): Promise<void> => {
    await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
    undo.push(() => run('umount', [folder]));
  };
  const unmount = async (): Promise<void> => void (await undo.pop()?.());

  interface Refusal {
    readonly message: string;
    readonly fix?: string;
  }
  /** Refused the same way on a terminal, to a program, and in the background. */
  const refused = async (settings: Readonly<Record<string, string>> = {}): Promise<Refusal> => {
    const plain = await installation.launch(['start'], settings).end();
    expect(plain.code).toBe(1);
    expect(plain.out + plain.err).not.toMatch(/\n\s+at /);
    expect(plain.err.match(/✗/g)).toHaveLength(1);
    const json = await installation.launch(['start', '--json'], settings).end();
    expect(json.code).toBe(1);
    const detached = await installation.launch(['start', '--detach', '--json'], settings).end();
    expect(detached.code).toBe(1);
    const answer = JSON.parse(json.out) as Refusal;
    expect(answer).toMatchObject({ ok: false, message: expect.any(String) });
    expect(JSON.parse(detached.out)).toEqual(answer);
    const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
    expect(words(plain.err)).toContain(words(answer.message));
    await eventually('nothing of it is left', async () =>
      (await installation.processes()).length === 0 ? true : undefined,
    );
    return answer;
  };
  const startsNow = async (): Promise<void> => {
    const engine = await installation.start();
    expect(await engine.stop()).toBe(0);
  };

  it('does not take the only sight of the master key with it', async () => {
    const taken: Server = createServer();
    await new Promise<void>((resolve) => taken.listen(installation.port, '127.0.0.1', resolve));
    undo.push(() => new Promise<void>((resolve) => taken.close(() => resolve())));
    const { code, out } = await installation.command('start');
    expect(code).toBe(1);
    const key = masterKey.exec(out)?.[0];
    expect(key).toBeDefined();
    await unmount();
    const engine = await installation.start();
    const answer = await engine.post('/api/qmoi/master/login', { key });
    expect(answer.status).toBe(200);
    expect(engine.output()).not.toMatch(masterKey);
  }, 60_000);

  it.each(['data', 'logs'])(
    'names %s when it is a file',
    async (name) => {
      await configured();
      await rm(inHome(name), { recursive: true, force: true });
      await writeFile(inHome(name), '');
      const { message, fix } = await refused();
      expect(message).toContain(inHome(name));
      expect(fix).toContain('QMOI_HOME');
      await rm(inHome(name));
      await startsNow();
    },
    60_000,
  );

  it('names a home that is a file', async () => {
    const file = inHome('not-a-folder');
    await writeFile(file, '');
    const { code, err } = await installation.launch(['start'], { QMOI_HOME: file }).end();
    expect(code).toBe(1);
    expect(err).toContain(file);
    expect(err).not.toMatch(/\n\s+at /);
  });

  it.runIf(mayMount).each(['data', 'logs'])(
    'names %s when it is read-only',
    async (name) => {
      await configured();
      await mkdir(inHome(name), { recursive: true });
      await mount(inHome(name), 'ro,mode=755');
      const { message } = await refused();
      expect(message).toContain(inHome(name));
      await unmount();
      await startsNow();
    },
    60_000,
  );

  it.runIf(mayMount)(
    'names a home that is read-only',
    async () => {
      await mount(installation.home, 'ro,mode=755');
      const { message } = await refused();
      expect(message).toContain(installation.home);
      await unmount();
      await startsNow();
    },
    60_000,
  );

  it.runIf(mayMount)(
    'says when the disk is full',
    async () => {
      await configured();
      await mkdir(inHome('data'));
      await mount(inHome('data'), 'size=20m,mode=755');
      const { message, fix } = await refused();
      expect(message).toContain('full');
      expect(`${message} ${fix}`).toMatch(/Free some space/);
      await unmount();
      await startsNow();
    },
    60_000,
  );

  const setModeInBooks = async (mode: string): Promise<void> => {
    const dataDir = inHome('data', 'sandbox', 'postgres');
    const server = createDatabaseServer({ dataDir, clock: createWallClock() });
    const started = await server.start();
    if (!started.ok) throw new Error(started.error.kind);
    const connectionString = started.value.connectionString.reveal();
    const database = createDatabase({ connectionString, connectionsMax: 1 });
    await database.transaction(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      await sql`update business set mode = ${mode}`.execute(tx);
    });
    await database.close();
    await server.stop();
  };

  it('opens no live books in sandbox mode, and no sandbox books in live mode', async () => {
    await startsNow();
    await setModeInBooks('live');
    const inSandbox = await refused();
    expect(inSandbox.message).toContain('holds live money and the engine is in sandbox mode');
    expect(inSandbox.fix).toContain('QMOI_MODE');
    await setModeInBooks('sandbox');
    await rename(inHome('data', 'sandbox'), inHome('data', 'live'));
    await writeFile(inHome('key.pem'), publicKeyPem());
    const inLive = await refused({ ...live, MPESA_CERTIFICATE_FILE: inHome('key.pem') });
    expect(inLive.message).toContain('holds sandbox money and the engine is in live mode');
    await rename(inHome('data', 'live'), inHome('data', 'sandbox'));
    await startsNow();
  }, 90_000);

  it('says which simulator died, and where to read why', async () => {
    await configured();
    const death = inHome('death.cjs');
    await writeFile(death, "if (process.argv[1]?.includes('airtel')) process.exit(7);\n");
    const { message, fix } = await refused({ NODE_OPTIONS: `--require ${death}` });
    expect(message).toContain('Airtel Money simulator did not start: it ended with code 7');
    expect(fix).toContain(inHome('logs', 'revenue_engine.log'));
    await startsNow();
  }, 60_000);

  it.each([
    ['nobody listens', 'postgres://owner:sekret-word@127.0.0.1:1/none'],
    ['there is no such machine', 'postgres://owner:sekret-word@nowhere.invalid/none'],
  ])(
    'says that the database cannot be had where %s',
    async (_, url) => {
      await configured();
      const { message, fix } = await refused({ DATABASE_URL: url });
      expect(message).toContain('DATABASE_URL cannot be used');
      expect(message + fix).not.toContain('sekret-word');
      const log = await readFile(inHome('logs', 'revenue_engine.log'), 'utf8');
      expect(log).not.toContain('sekret-word');
    },
    60_000,
  );

  it('names every broken setting at once, without its value and without warnings', async () => {
    await configured();
    await appendFile(inHome('.env'), 'QMOI_PORTT=1\nMPESA_PHONE_NUMBER=sekret-word\n');
    const { message } = await refused({ QMOI_PORT: 'sekret-word', AIRTEL_PIN: 'sekret-word' });
    expect(message.split('\n').map((line) => line.trim().split(':')[0])).toEqual([
      expect.stringContaining('configuration'),
      'QMOI_PORT',
      'MPESA_PHONE_NUMBER',
      'AIRTEL_PIN',
    ]);
    expect(message).not.toContain('sekret-word');
  }, 60_000);
});
