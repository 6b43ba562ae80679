import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  eventually,
  makeInstallation,
  type Installation,
  type Launched,
} from '../support/engine-process.ts';

/** However an engine ends, whoever asks for it and when: nothing of it is left running. */
describe('an engine that is stopped', () => {
  let installation: Installation;

  beforeEach(async () => {
    installation = await makeInstallation();
  });
  afterEach(() => installation.remove(), 60_000);

  const said = (launched: Launched, words: string): Promise<true> =>
    eventually(`“${words}” is said`, () =>
      Promise.resolve(launched.output().includes(words) && true),
    );
  const nothingLeft = async (): Promise<void> => {
    await eventually('its processes are gone', async () =>
      (await installation.processes()).length === 0 ? true : undefined,
    );
    expect((await installation.command('status')).code).toBe(3);
  };

  it.each([
    ['SIGINT', 'as a Ctrl-C'],
    ['SIGTERM', 'as a service manager does'],
    ['SIGHUP', 'as a closing terminal does'],
  ])(
    'takes %s, %s, while it runs and while it starts',
    async (name) => {
      const signal = name as NodeJS.Signals;
      const first = installation.launch(['start']);
      await said(first, 'database ready');
      first.child.kill(signal);
      const interrupted = await first.end();
      expect(interrupted.code).toBe(0);
      expect(interrupted.out).toContain('stopped');
      // The key is shown once: by this start, or never.
      expect(interrupted.out).toMatch(/qmoi-[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}/);
      await nothingLeft();
      const second = await installation.start();
      process.kill(second.pid, signal);
      await eventually('it says so', () => Promise.resolve(second.output().includes('stopped\n')));
      await nothingLeft();
    },
    90_000,
  );

  it.each(['database ready', 'ready in'])(
    'leaves at once at the second Ctrl-C, after “%s”',
    async (words) => {
      const launched = installation.launch(['start']);
      await said(launched, words);
      launched.child.kill('SIGINT');
      await said(launched, 'stopping');
      launched.child.kill('SIGINT');
      const { code, out, err } = await launched.end();
      // The engine may have stopped in order before the second one came; a process that has said
      // so, and is about to be gone, has no exit code if it is hit then.
      expect([0, 1, null]).toContain(code);
      expect(out).toMatch(code === 1 ? /stopped at once/ : /stopped$/m);
      expect(err).not.toMatch(/\n\s+at /);
      await nothingLeft();
      const again = await installation.start();
      expect(await again.stop()).toBe(0);
    },
    90_000,
  );

  it('says in its log which defect ended it, and takes its server along', async () => {
    const plant = `process.on('SIGUSR2', () => { throw new Error('planted defect'); });`;
    const launched = installation.launch(['start'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}`,
    });
    await said(launched, 'ready in');
    launched.child.kill('SIGUSR2');
    const { code, err } = await launched.end();
    expect(code).toBe(1);
    expect(err).toContain('planted defect');
    const log = await readFile(join(installation.home, 'logs', 'revenue_engine.log'), 'utf8');
    expect(log).toMatch(/"planted defect".*"a defect ended the engine"/);
    await nothingLeft();
  }, 60_000);

  it('answers “not running” when there is nothing to stop or to show', async () => {
    const stop = await installation.command('stop', '--json');
    expect(stop.code).toBe(0);
    expect(JSON.parse(stop.out)).toMatchObject({ ok: true, wasRunning: false });
    const status = await installation.command('status', '--json');
    expect(status.code).toBe(3);
    expect(JSON.parse(status.out)).toMatchObject({ ok: false, status: 'not-running' });
  });

  it('takes the database of a killed engine down with `stop`', async () => {
    const engine = await installation.start();
    await engine.kill();
    expect(await installation.processes()).toContainEqual(expect.stringContaining('postgres'));
    expect((await installation.command('status')).code).toBe(3);
    expect((await installation.command('stop')).code).toBe(0);
    await nothingLeft();
  }, 60_000);

  it('runs in the background, and leaves nothing of it behind', async () => {
    const started = await installation.command('start', '--detach', '--json');
    expect(started.code).toBe(0);
    const { pid } = JSON.parse(started.out) as { pid: number };
    const status = await installation.command('status', '--json');
    expect(JSON.parse(status.out)).toMatchObject({ status: 'running' });
    const twice = await installation.command('start', '--detach', '--json');
    expect(twice.code).toBe(1);
    const { message, fix } = JSON.parse(twice.out) as { message: string; fix: string };
    expect(message).toContain(`already running at http`);
    expect(message).toContain(String(pid));
    expect(fix).toContain('revenue:stop');
    expect((await installation.command('stop')).code).toBe(0);
    await nothingLeft();
  }, 90_000);

  it('gives up a start in the background at Ctrl-C', async () => {
    const launched = installation.launch(['start', '--detach']);
    await eventually('the engine has begun', async () =>
      (await installation.processes()).some((words) => words.includes('postgres')),
    );
    launched.child.kill('SIGINT');
    expect([0, 1]).toContain((await launched.end()).code);
    await nothingLeft();
  }, 90_000);

  it('answers callbacks that are on their way when it is asked to stop', async () => {
    const engine = await installation.start();
    const { out } = await installation.command('addresses', '--json');
    const { items } = JSON.parse(out) as { items: { url: string }[] };
    const url = items.find((item) => item.url.includes('/paybill-confirmation/'))?.url ?? '';
    const own = `${engine.url}/hooks/${url.split('/hooks/')[1]}`;
    const body = Buffer.from('{"TransID":"NOTAPAYMENT"}');
    // Their headers are in and their bodies are not: the engine has begun with each of them.
    const half = await Promise.all(Array.from({ length: 20 }, () => sendHalf(own, body)));
    const stopping = installation.launch(['stop']);
    await eventually('it is stopping', () => Promise.resolve(engine.output().includes('stopping')));
    const answers = await Promise.all(half.map((finish) => finish()));
    expect(new Set(answers)).toEqual(new Set([200]));
    expect((await stopping.end()).code).toBe(0);
    await nothingLeft();
  }, 90_000);
});

/** A request whose body is sent by halves; answers what sends the rest and waits for the status. */
function sendHalf(url: string, body: Buffer): Promise<() => Promise<number>> {
  const sending = request(url, {
    method: 'POST',
    headers: { 'content-length': body.length, connection: 'close' },
  });
  const status = new Promise<number>((resolve, reject) => {
    sending.once('error', reject);
    sending.once('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
  });
  // Looked at later; a refusal before that is no unhandled one.
  status.catch(() => undefined);
  const middle = Math.floor(body.length / 2);
  return new Promise((resolve) => {
    sending.write(body.subarray(0, middle), () =>
      resolve(() => {
        sending.end(body.subarray(middle));
        return status;
      }),
    );
  });
}
