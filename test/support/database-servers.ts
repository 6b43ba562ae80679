import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { getuid, kill } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { Client } from 'pg';
import { inject } from 'vitest';

import { createWallClock, type Result } from '#kernel';
import {
  createDatabaseServer,
  type DatabaseServer,
  type DatabaseServerSettings,
  describeServerRefusal,
  type RunningServer,
  type ServerRefusal,
} from '#platform/database-server';

import { createScratch } from './scratch.ts';

export interface EngineOptions {
  readonly settings?: DatabaseServerSettings;
  readonly spawn?: { uid?: number; gid?: number; env?: NodeJS.ProcessEnv };
}

/** Servers for one test, in one folder; `clear` stops and removes them all. */
export interface DatabaseServers {
  readonly path: string;
  readonly dataDir: string;
  readonly settings: DatabaseServerSettings;
  server(dataDir?: string, more?: DatabaseServerSettings): DatabaseServer;
  /** Starts a server or fails the test with its refusal. */
  start(dataDir?: string, more?: DatabaseServerSettings): Promise<RunningServer>;
  /** The refusal of a start, if it is one. */
  refusal(dataDir?: string, more?: DatabaseServerSettings): Promise<ServerRefusal | undefined>;
  /** Puts a stopped database into the data folder, without waiting for initdb. */
  furnish(): Promise<void>;
  pid(): Promise<number>;
  /** Kills the server as the kernel does when memory runs out. */
  kill(): Promise<void>;
  /** An engine in a process of its own, and what it says of its start. */
  engine(dataDir: string, options?: EngineOptions): Promise<Engine>;
  stop(): Promise<void>;
  clear(): Promise<void>;
}

export interface Engine {
  readonly word: unknown;
  readonly process: ChildProcess;
}

const clock = createWallClock();
/** Waiting for a killed process to go. */
const goneAttemptsMax = 1000;
let prototype: Promise<string> | undefined;

export async function createDatabaseServers(): Promise<DatabaseServers> {
  const { path, remove } = await createScratch();
  const made: DatabaseServer[] = [];
  const engines: ChildProcess[] = [];
  const own = join(path, 'database');
  const settings: DatabaseServerSettings = {
    durability: 'none',
    systemDir: join(path, 'system'),
    ...(getuid?.() === 0 ? { osUser: 'nobody' } : {}),
  };

  const server: DatabaseServers['server'] = (dataDir = own, more = {}) => {
    const fresh = createDatabaseServer({ dataDir, clock, settings: { ...settings, ...more } });
    made.push(fresh);
    return fresh;
  };
  const begin = (
    dataDir?: string,
    more?: DatabaseServerSettings,
  ): Promise<Result<RunningServer, ServerRefusal>> => server(dataDir, more).start();
  const pid = async (): Promise<number> => {
    const status = await server().status();
    if (status.state !== 'running') throw new Error(`the server is ${status.state}`);
    return status.pid;
  };
  const stop = async (): Promise<void> => {
    for (const each of made.splice(0)) await each.stop();
  };
  return {
    path,
    dataDir: own,
    settings,
    server,
    pid,
    stop,
    start: async (dataDir, more) => {
      const started = await begin(dataDir, more);
      if (!started.ok) throw new Error(describeServerRefusal(started.error));
      return started.value;
    },
    refusal: async (dataDir, more) => {
      const started = await begin(dataDir, more);
      return started.ok ? undefined : started.error;
    },
    furnish: async () => {
      prototype ??= makePrototype();
      execFileSync('cp', ['-a', await prototype, own]);
    },
    kill: async () => {
      kill(await pid(), 'SIGKILL');
      for (let n = 0; (await server().status()).state === 'running'; n += 1) {
        if (n > goneAttemptsMax) throw new Error('the server outlives SIGKILL');
        await clock.sleep(5);
      }
    },
    engine: async (dataDir, options = {}) => {
      const engine = await startEngine(dataDir, { settings, ...options });
      engines.push(engine.process);
      return engine;
    },
    clear: async () => {
      for (const engine of engines) engine.kill('SIGKILL');
      await stop();
      await remove();
    },
  };
}

/** One database per worker, made once and then copied; it goes with the run's own folder. */
async function makePrototype(): Promise<string> {
  const place = join(dirname(inject('testDatabaseDir')), `prototype-${process.pid}`);
  const servers = await createDatabaseServers();
  try {
    await servers.start();
    await servers.stop();
    // Not moved: the run's own folder may be on another disk.
    execFileSync('cp', ['-a', servers.dataDir, place]);
    return place;
  } finally {
    await servers.clear();
  }
}

async function startEngine(dataDir: string, options: EngineOptions): Promise<Engine> {
  const program = fileURLToPath(new URL('./lone-engine.ts', import.meta.url));
  const engine = spawn(process.execPath, [program, dataDir, JSON.stringify(options.settings)], {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options.spawn,
  });
  const [line]: unknown[] = await once(createInterface(engine.stdout), 'line');
  return { word: JSON.parse(String(line)), process: engine };
}

/** Rows as arrays of the columns' values. */
export async function query(server: RunningServer, text: string): Promise<readonly unknown[][]> {
  const client = new Client({ connectionString: server.connectionString.reveal() });
  await client.connect();
  try {
    return (await client.query<unknown[]>({ text, rowMode: 'array' })).rows;
  } finally {
    await client.end();
  }
}
