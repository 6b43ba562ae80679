import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clearAbandoned, clearAway } from './leftovers.ts';

const scratchFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'leftovers-')));
const stayAlive = 'console.log(1); setInterval(() => {}, 1e6)';

/** Stands for a database server, in a session of its own as the real one is. */
async function serverIn(folder: string, ...args: readonly string[]): Promise<ChildProcess> {
  mkdirSync(folder, { recursive: true });
  const server = spawn(process.execPath, ['-e', stayAlive, '--', ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  writeFileSync(join(folder, 'postmaster.pid'), `${server.pid}\n`);
  await once(server.stdout, 'data');
  return server;
}

it('stops what works below the folder, and removes the folder', async () => {
  const scratch = scratchFolder();
  const server = await serverIn(join(scratch, 'run/database'));
  const closed = once(server, 'close');
  clearAway(scratch);
  expect(await closed).toEqual([null, 'SIGQUIT']);
  expect(existsSync(scratch)).toBe(false);
});

// Where there is no table of processes, pid files have to do.
it.runIf(existsSync('/proc/self'))('stops who was told of a path in it, and no other', async () => {
  const [scratch, elsewhere] = [scratchFolder(), scratchFolder()];
  const told = await serverIn(elsewhere, `--pgdata=${scratch}/database`);
  const stranger = await serverIn(elsewhere, `--pgdata=${scratch}-other/database`);
  const endings = Promise.all([once(told, 'close'), once(stranger, 'close')]);
  clearAway(scratch);
  stranger.kill('SIGTERM');
  expect(await endings).toEqual([
    [null, 'SIGQUIT'],
    [null, 'SIGTERM'],
  ]);
  clearAway(elsewhere);
});

it('clears away what a killed gate left, and leaves a running one alone', async () => {
  const root = scratchFolder();
  const killed = spawn(process.execPath, ['-e', '']);
  await once(killed, 'close');
  const abandoned = join(root, `gate-${killed.pid}-abc`);
  const running = join(root, `gate-${process.pid}-abc`);
  const server = await serverIn(join(abandoned, 'database'));
  const closed = once(server, 'close');
  mkdirSync(running);
  mkdirSync(join(root, 'gate-keeper'));
  clearAbandoned(root);
  expect(await closed).toEqual([null, 'SIGQUIT']);
  expect(readdirSync(root).toSorted()).toEqual([`gate-${process.pid}-abc`, 'gate-keeper']);
  clearAway(root);
});
