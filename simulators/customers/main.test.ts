import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach, describe, expect, it } from 'vitest';

import { createWallClock } from '#kernel';

import { configFor, openWorld, type World } from './test-kit.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const children: Started[] = [];
const worlds: World[] = [];

afterEach(async () => {
  for (const { child, exited } of children.splice(0)) {
    child.kill('SIGKILL');
    await exited;
  }
  for (const world of worlds.splice(0)) await world.close();
});

interface Started {
  readonly child: ChildProcess;
  readonly said: Promise<ReturnType<typeof JSON.parse>>;
  readonly exited: Promise<number | string | null>;
  readonly complaints: string[];
}

function start(line: string): Started {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'pipe'] });
  const exited = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  const said = new Promise<ReturnType<typeof JSON.parse>>((resolve) => {
    createInterface({ input: child.stdout }).once('line', (text) => resolve(JSON.parse(text)));
  });
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (text) => complaints.push(text));
  child.stdin.write(`${line}\n`);
  const started = { child, said, exited, complaints };
  children.push(started);
  return started;
}

async function aWorld(): Promise<World> {
  const world = await openWorld(createWallClock());
  worlds.push(world);
  return world;
}

describe('the process', { timeout: 60_000 }, () => {
  it.each([
    ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
    ['SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
    ['the end of standard input', (child: ChildProcess) => child.stdin?.end()],
  ])('is ready when all have phones, and ends quietly on %s', async (_what, end) => {
    const world = await aWorld();
    const { said, child, exited, complaints } = start(JSON.stringify(configFor(world.url)));
    expect(await said).toEqual({ ready: true });
    expect(world.phones.size).toBe(60);
    end(child);
    expect(await exited).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('ends when told to while the simulators are still away', async () => {
    const world = await aWorld();
    let isAsked = Promise.withResolvers<void>();
    world.intercept = () => {
      isAsked.resolve();
      return { status: 503 };
    };
    const { child, exited } = start(JSON.stringify(configFor(world.url)));
    await isAsked.promise;
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it.each([
    ['{"seed":1}', 'engineUrl'],
    ['{', 'JSON'],
  ])('says why it cannot start with %s', async (line, words) => {
    const { said, exited } = start(line);
    expect(await said).toEqual({ ready: false, error: expect.stringContaining(words) });
    expect(await exited).toBe(1);
  });
});
