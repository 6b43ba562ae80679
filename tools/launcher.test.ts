import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { root } from './sources.ts';

/** Stands for the engine: says how it was called, then ends as its first argument asks. */
const engine = `
const [order = '', ...rest]: string[] = process.argv.slice(2);
console.log(JSON.stringify({ main: import.meta.main, rest, node: process.versions.node }));
if (order === 'wait') {
  setInterval(() => {}, 1000);
  process.once('SIGTERM', () => process.exit(7));
  console.log('ready');
} else if (order === 'die') process.kill(process.pid, 'SIGKILL');
else process.exitCode = Number(order);
`;

// Makes the Node that calls the launcher look old; the one the launcher starts is not affected.
const looksOld = "Object.defineProperty(process.versions, 'node', { value: '12.22.0' });";

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'launcher-'));
  for (const name of ['tools', 'src', 'node_modules/.bin'])
    mkdirSync(join(folder, name), { recursive: true });
  cpSync(join(root, 'tools/launcher.cjs'), join(folder, 'tools/launcher.cjs'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'src/main.ts'), engine);
  writeFileSync(join(folder, 'old.cjs'), looksOld);
  symlinkSync(process.execPath, join(folder, 'node_modules/.bin/node'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const callers = [
  ['a new Node', []],
  ['an old Node', ['--require', './old.cjs']],
] as const;

const start = (nodeArgs: readonly string[], args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [...nodeArgs, 'tools/launcher.cjs', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });

async function ended(child: ChildProcess): Promise<Ending> {
  const [closed, out, problems] = await Promise.all([
    once(child, 'close'),
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
  ]);
  return { code: closed[0], signal: closed[1], out, problems };
}

interface Ending {
  readonly code: unknown;
  readonly signal: unknown;
  readonly out: string;
  readonly problems: string;
}

it.each(callers)('called by %s, hands over arguments and the exit code', async (_, nodeArgs) => {
  const { code, out, problems } = await ended(start(nodeArgs, ['3', '--to', 'two words']));
  expect({ code, problems }).toEqual({ code: 3, problems: '' });
  expect(JSON.parse(out)).toEqual({
    main: true,
    rest: ['--to', 'two words'],
    node: process.versions.node,
  });
});

it.each(callers)('called by %s, hands over SIGTERM', async (_, nodeArgs) => {
  const child = start(nodeArgs, ['wait']);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.toString().includes('ready')) child.kill('SIGTERM');
  });
  const { code, signal } = await ended(child);
  expect({ code, signal }).toEqual({ code: 7, signal: null });
});

it.each(callers)('called by %s, ends by the signal that ended the engine', async (_, nodeArgs) => {
  expect((await ended(start(nodeArgs, ['die']))).signal).toBe('SIGKILL');
});

it('says what to do when packages are not installed', async () => {
  rmSync(join(folder, 'node_modules'), { recursive: true });
  const { code, problems } = await ended(start([], ['0']));
  expect(code).toBe(1);
  expect(problems).toMatch(/npm ci/);
});

it('says what to do when there is no Node for this machine', async () => {
  rmSync(join(folder, 'node_modules/.bin/node'));
  const { code, problems } = await ended(start(['--require', './old.cjs'], ['0']));
  expect(code).toBe(1);
  expect(problems).toMatch(/26\.8 or newer/);
});
