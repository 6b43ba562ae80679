import type { Job, Outcome } from './job.ts';

/** The stretch of time that counts, between warming up and running down. */
export interface Window {
  /** Counted by the caller. */
  taken: number;
  readonly ended: Promise<void>;
  readonly isOver: boolean;
  covers(atMs: number): boolean;
  end(why: { readonly ranOut: boolean }): void;
  sums(): Pick<Outcome, 'taken' | 'windowMs' | 'ownCpuUs' | 'ranOut'>;
}

/** One line of JSON, for the process that started this one. */
export const say = (word: object): boolean => process.stdout.write(`${JSON.stringify(word)}\n`);

export function createWindow(
  { warmUpMs, measureMs }: Pick<Job, 'warmUpMs' | 'measureMs'>,
  onEnd: () => void = () => undefined,
): Window {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  let openedAt = Number.POSITIVE_INFINITY;
  let closedAt = Number.POSITIVE_INFINITY;
  let ranOut = false;
  let cpuAtStart = process.cpuUsage();
  let ownCpuUs = 0;

  const end: Window['end'] = (why) => {
    if (closedAt !== Number.POSITIVE_INFINITY) return;
    clearTimeout(timer);
    closedAt = performance.now();
    openedAt = Math.min(openedAt, closedAt);
    ranOut = why.ranOut;
    const { user, system } = process.cpuUsage(cpuAtStart);
    ownCpuUs = user + system;
    say({ event: 'measured' });
    onEnd();
    resolve();
  };
  const open = (): void => {
    openedAt = performance.now();
    cpuAtStart = process.cpuUsage();
    say({ event: 'measuring' });
    timer = setTimeout(() => end({ ranOut: false }), measureMs);
  };
  let timer = setTimeout(open, warmUpMs);

  const window: Window = {
    taken: 0,
    ended,
    get isOver() {
      return closedAt !== Number.POSITIVE_INFINITY;
    },
    covers: (atMs) => atMs >= openedAt && atMs <= closedAt,
    end,
    sums: () => ({ taken: window.taken, windowMs: closedAt - openedAt, ownCpuUs, ranOut }),
  };
  return window;
}
