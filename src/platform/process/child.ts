import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';

import type { Clock } from '#kernel';
import type { Log } from '#platform/log';

/** A helper process that is told its settings on one line and says on one line that it is ready. */
export interface Child<Ready> {
  /** What it said when it became ready the last time. */
  readonly ready: Ready;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

export interface ChildPlan<Ready> {
  readonly name: string;
  readonly script: string;
  /** Sent as one line of JSON; made anew for every start, and while the process loads. */
  readonly settings: () => unknown;
  /** Reads the ready line; throws a sentence for the operator when it is a refusal. */
  readonly parseReady: (line: string) => Ready;
  readonly clock: Clock;
  readonly log: Log;
}

const readyWithinMs = 20_000;
const stopWithinMs = 5_000;
const restartAfterMs = { first: 500, max: 30_000 };
/** One that has run this long is in good health: its next death is a new story. */
const healthyAfterMs = 60_000;

/**
 * Starts the process and keeps it running: when it dies it is started again, later each time. It
 * ends with us, however we end, because it stops when its standard input does.
 */
export async function superviseChild<Ready>(plan: ChildPlan<Ready>): Promise<Child<Ready>> {
  const { clock, log, name } = plan;
  const stopping = new AbortController();
  let pauseMs = restartAfterMs.first;
  let running = await startChild(plan);
  let startedAt = clock.now();
  let restarting: Promise<void> = Promise.resolve();

  const watch = (): void => {
    running.process.once('exit', (code, signal) => {
      if (stopping.signal.aborted) return;
      if (clock.now() - startedAt > healthyAfterMs) pauseMs = restartAfterMs.first;
      log.warn({ child: name, code, signal }, 'a helper process ended; it is started again');
      restarting = restart();
    });
  };

  const restart = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await clock.sleep(pauseMs, stopping.signal);
      if (stopping.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, restartAfterMs.max);
      try {
        running = await startChild(plan);
        startedAt = clock.now();
        watch();
        // Asked to stop meanwhile: nobody else would end it.
        if (stopping.signal.aborted) await stopProcess(running.process, clock);
        return;
      } catch (error) {
        log.error({ err: error, child: name }, 'a helper process could not be started');
      }
    }
  };

  watch();
  return {
    get ready() {
      return running.ready;
    },
    get pid() {
      return running.process.pid;
    },
    stop: async () => {
      stopping.abort();
      await stopProcess(running.process, clock);
      await Promise.race([restarting, clock.sleep(stopWithinMs)]);
      await stopProcess(running.process, clock);
    },
  };
}

interface Started<Ready> {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ready: Ready;
}

/** It keeps what it compiles where we keep ours. */
function compiledWithOurs(): Readonly<Record<string, string>> {
  // Node answers the folder of this very version, and makes it again below the one it is given.
  const folder = getCompileCacheDir();
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

async function startChild<Ready>(plan: ChildPlan<Ready>): Promise<Started<Ready>> {
  const child = spawn(process.execPath, [plan.script], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...compiledWithOurs() },
    // A Ctrl-C in the terminal reaches only us; we stop our helpers in order.
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stderr }).on('line', (line) => {
    plan.log.warn({ child: plan.name, line: line.slice(0, 500) }, 'a helper process complains');
  });
  // Listened to from now on: it may end before its settings are there.
  const said = firstLine(child, plan.clock);
  said.catch(() => undefined);
  try {
    child.stdin.write(`${JSON.stringify(await plan.settings())}\n`);
    const line = await said;
    return { process: child, ready: plan.parseReady(line) };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}

function firstLine(child: ChildProcessWithoutNullStreams, clock: Clock): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(readyWithinMs, () => reject(new Error('it did not become ready')));
    const lines = createInterface({ input: child.stdout });
    lines.once('line', (line) => {
      timer.cancel();
      resolve(line);
    });
    child.once('error', (error) => {
      timer.cancel();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      timer.cancel();
      reject(new Error(`it ended with ${signal ?? `code ${code}`} before it was ready`));
    });
  });
}

async function stopProcess(child: ChildProcessWithoutNullStreams, clock: Clock): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.stdin.end();
  child.kill('SIGTERM');
  await Promise.race([ended, clock.sleep(stopWithinMs)]);
  if (child.exitCode === null && child.signalCode === null) {
    child.kill('SIGKILL');
    await ended;
  }
}
