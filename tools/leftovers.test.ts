import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clearAway } from './leftovers.ts';

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
