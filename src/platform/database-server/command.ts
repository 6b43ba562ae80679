import { spawn } from 'node:child_process';

import type { Clock } from '#kernel';

/** Under whose name a program runs; without ids it is the engine's own user. */
export interface Account {
  readonly name: string;
  readonly ids?: { readonly uid: number; readonly gid: number };
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly account: Account;
  readonly timeoutMs: number;
  readonly input?: string;
}

export type CommandOutcome =
  | { readonly kind: 'ended'; readonly code: number | null; readonly output: string }
  | { readonly kind: 'not-run'; readonly systemCode: string }
  | { readonly kind: 'timed-out'; readonly output: string };

/**
 * Nothing of the caller's environment reaches the programs: a strange PATH, a locale that does not
 * exist, PGDATA or PGPORT set for another server must not matter.
 */
export const cleanEnvironment: NodeJS.ProcessEnv = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  HOME: '/',
  LC_ALL: 'C',
  TZ: 'UTC',
};

const outputBytesMax = 64 * 1024;

/** Runs a program to its end in a session of its own, so that Ctrl-C does not cut it short. */
export function run(clock: Clock, command: Command): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    const child = spawn(command.file, command.args, {
      cwd: '/',
      env: cleanEnvironment,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...command.account.ids,
    });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output = (output + chunk.toString('utf8')).slice(-outputBytesMax);
    };
    const finish = (outcome: CommandOutcome): void => {
      timer.cancel();
      resolve(outcome);
    };
    const timer = clock.after(command.timeoutMs, () => {
      child.kill('SIGKILL');
      finish({ kind: 'timed-out', output });
    });
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', (error: NodeJS.ErrnoException) =>
      finish({ kind: 'not-run', systemCode: error.code ?? error.message }),
    );
    child.on('close', (code) => finish({ kind: 'ended', code, output }));
    // A program that ends without reading its input is judged by its exit, not by the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(command.input ?? '');
  });
}

/** The last line with something in it, without the log's time and process prefix. */
export const lastLineOf = (output: string): string =>
  output
    .split('\n')
    .map((line) => line.trim())
    .findLast((line) => line !== '') ?? 'no output';
