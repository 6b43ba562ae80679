import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const benchFolder = join(import.meta.dirname, '..');

/** A script of ours in a process of its own that takes and says lines of JSON. */
export interface WorkerProcess {
  readonly pid: number;
  tell(word: unknown): void;
  /** The next word of that kind; throws when the process ends before. */
  hear<Word extends { readonly event: string }>(event: Word['event']): Promise<Word>;
  /** Asks it to end, and waits. */
  stop(): Promise<void>;
}

const living = new Set<ChildProcess>();
const stopMs = 15_000;

/** For a harness that is interrupted. */
export function killWorkers(): void {
  for (const child of living) child.kill('SIGKILL');
}

const parseWord = (line: string): { readonly event: string } =>
  JSON.parse(line) as { readonly event: string };

export function startWorker(script: string, args: readonly string[] = []): WorkerProcess {
  const child = spawn(process.execPath, [join(benchFolder, script), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  living.add(child);
  const heard: { readonly event: string }[] = [];
  let wake: () => void = () => undefined;
  let hasEnded = false;
  const ended = once(child, 'close');
  child.once('close', () => {
    living.delete(child);
    hasEnded = true;
    wake();
  });
  // One that ends by itself may be told something that nobody reads.
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    heard.push(parseWord(line));
    wake();
  });

  return {
    pid: child.pid ?? 0,
    tell: (word) => void child.stdin.write(`${JSON.stringify(word)}\n`),
    hear: async <Word extends { readonly event: string }>(event: Word['event']) => {
      for (;;) {
        const found = heard.find((word): word is Word => word.event === event);
        if (found !== undefined) {
          heard.splice(heard.indexOf(found), 1);
          return found;
        }
        if (hasEnded) throw new Error(`${script} ended without saying "${event}"`);
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    stop: async () => {
      if (hasEnded) return;
      child.stdin.end();
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
