import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { createWallClock } from '#kernel';
import { createDatabaseServer } from '#platform/database-server';
import { readPidFile } from '#platform/process';

const root = join(import.meta.dirname, '..', '..');
const clock = createWallClock();
const lookEveryMs = 100;
const compileCache = join(tmpdir(), 'node-compile-cache');

export type Json = Record<string, unknown>;

/** An installation of its own in a temporary folder; the engine runs in processes of its own. */
export interface Installation {
  readonly home: string;
  readonly port: number;
  /** Starts `revenue:start` and waits until its API answers. */
  start(): Promise<RunningInstallation>;
  /** Runs one command to its end. */
  command(...words: readonly string[]): Promise<Ended>;
  /** Runs one command with more settings, and does not wait for it. */
  launch(words: readonly string[], settings?: Readonly<Record<string, string>>): Launched;
  /** Command lines of all processes that work in its folder. */
  processes(): Promise<readonly string[]>;
  /** Stops whatever runs and removes the folder. */
  remove(): Promise<void>;
}

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface Launched {
  readonly child: ChildProcess;
  output(): string;
  end(): Promise<Ended>;
}

export interface RunningInstallation {
  readonly url: string;
  readonly pid: number;
  get(path: string): Promise<Json>;
  /** Waits however long it takes; `fetch` gives up after five minutes. */
  getPatiently(path: string): Promise<Json>;
  post(path: string, body: Json, headers?: Record<string, string>): Promise<Response>;
  /** `kill -9`, as a power cut would. */
  kill(): Promise<void>;
  /** SIGTERM, and waits for the end; answers the exit code. */
  stop(): Promise<number | null>;
  /** What it wrote to its terminal so far. */
  output(): string;
}

/** Looks again and again until `look` answers something; for processes, which tell nobody. */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined | false>,
  withinMs = 60_000,
): Promise<Value> {
  const until = clock.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined && seen !== false) return seen;
    if (clock.now() > until) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await clock.sleep(lookEveryMs);
  }
}

export const pause = (ms: number): Promise<void> => clock.sleep(ms);

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** By its name on the command line or in the environment; simulators inherit the engine's. */
async function processesOf(home: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const [words, env] = await Promise.all(
      ['cmdline', 'environ'].map((name) =>
        readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''),
      ),
    );
    if (words?.includes(home) === true || env?.includes(`QMOI_HOME=${home}\0`) === true) {
      found.push(`${pid} ${words?.replaceAll('\0', ' ')}`);
    }
  }
  return found;
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

export async function makeInstallation(
  settings: Readonly<Record<string, string>> = {},
): Promise<Installation> {
  const home = await mkdtemp(join(tmpdir(), 'qmoi-home-'));
  // Under root the database server runs as another user, who has to pass through here.
  await chmod(home, 0o755);
  await mkdir(join(home, 'logs'), { recursive: true });
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    // The simulators keep none by themselves, and are started again and again.
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? compileCache,
    QMOI_HOME: home,
    QMOI_PORT: String(port),
    ...settings,
  };
  const children = new Set<ChildProcess>();

  const run = (
    words: readonly string[],
    more: Readonly<Record<string, string>> = {},
  ): { child: ChildProcess; out: string[]; err: string[] } => {
    const child = spawn(process.execPath, [join(root, 'src', 'main.ts'), ...words], {
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: string[] = [];
    const err: string[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk.toString()));
    children.add(child);
    return { child, out, err };
  };

  const launch = (words: readonly string[], more?: Readonly<Record<string, string>>): Launched => {
    const { child, out, err } = run(words, more);
    return {
      child,
      output: () => out.join('') + err.join(''),
      end: async () => {
        await eventually('the command ends', () => Promise.resolve(hasEnded(child) && true));
        return { code: child.exitCode, out: out.join(''), err: err.join('') };
      },
    };
  };

  const start = async (): Promise<RunningInstallation> => {
    const { child, out, err } = run(['start']);
    const output = (): string => out.join('') + err.join('');
    const engine = await eventually('the engine is ready', async () => {
      if (hasEnded(child)) throw new Error(`the engine ended: ${output()}`);
      const found = await readPidFile(join(home, 'data', 'run', 'engine.json'));
      return found?.pid === child.pid && found?.isReady === true && found;
    });
    const token = await readFile(join(home, 'data', 'run', 'local-token'), 'utf8');
    const { url = '', pid } = engine;
    const headers = { authorization: `Bearer ${token}` };
    const ended = (): Promise<true> =>
      eventually('the engine ends', () => Promise.resolve(hasEnded(child) && true));
    return {
      url,
      pid,
      output,
      get: async (path) => {
        const answer = await fetch(`${url}${path}`, { headers });
        if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
        return (await answer.json()) as Json;
      },
      getPatiently: async (path) => {
        const sent = request(`${url}${path}`, { headers, agent: false });
        sent.end();
        const [answer] = (await once(sent, 'response')) as [IncomingMessage];
        const body = await text(answer);
        if (answer.statusCode !== 200) throw new Error(`GET ${path}: ${answer.statusCode} ${body}`);
        return JSON.parse(body) as Json;
      },
      post: (path, body, more = {}) =>
        fetch(`${url}${path}`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/json', ...more },
          body: JSON.stringify(body),
        }),
      kill: async () => {
        child.kill('SIGKILL');
        await ended();
      },
      stop: async () => {
        child.kill('SIGTERM');
        await ended();
        return child.exitCode;
      },
    };
  };

  return {
    home,
    port,
    start,
    command: (...words) => launch(words).end(),
    launch,
    processes: () => processesOf(home),
    remove: async () => {
      for (const child of children) if (!hasEnded(child)) child.kill('SIGTERM');
      for (const child of children) {
        await eventually(
          'a child ends',
          () => Promise.resolve(hasEnded(child) && true),
          20_000,
        ).catch(() => child.kill('SIGKILL'));
      }
      const dataDir = join(home, 'data', 'sandbox', 'postgres');
      await createDatabaseServer({ dataDir, clock }).stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
