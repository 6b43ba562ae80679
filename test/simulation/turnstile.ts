import { getActiveResourcesInfo } from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { invariant, type Prng } from '#kernel';

/** One process of the engine, from its start to its sudden end. */
export interface Life {
  readonly name: string;
  isOver(): boolean;
  /** Told before and after each step; may end the life, and answers whether it did. */
  endsHere(): Promise<boolean>;
}

/**
 * The one place where work goes on in real time: statements at the database and requests to the
 * providers, one at a time, in an order drawn from the seed. While a step runs nothing else does,
 * so that the same seed is the same run.
 */
export interface Turnstile {
  /** Waits until no other transaction is open; `leave` lets the next one in. */
  enter(life: Life): Promise<void>;
  leave(life: Life): void;
  /** Runs `work` when its turn comes. What a life over has asked for never comes to anything. */
  step<Value>(life: Life, work: () => Promise<Value>): Promise<Value>;
  /** Counts work that ends in real time: time stands still until it has. */
  track<Value>(work: Promise<Value>, life?: Life): Promise<Value>;
  /** Forgets what a dead process was waiting for. */
  forget(life: Life): void;
  /** Resolves when everything that can go on without time passing has gone on. */
  settle(): Promise<void>;
  readonly steps: number;
}

interface Waiting {
  readonly kind: 'enter' | 'step';
  readonly life: Life;
  readonly go: () => Promise<void>;
}

/** Turns of the event loop in which everything that was resolved comes to rest. */
const turnsToRest = 3;
/** Real time that files may take before somebody is taken to wait for ever. */
const stuckAfterMs = 20_000;

export async function breathe(turns = turnsToRest): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await nextTurn();
}

/** Files are written in real time of their own: nothing goes on until they are. */
const isFileAtWork = (): boolean =>
  getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));

async function rest(): Promise<void> {
  do await breathe();
  while (isFileAtWork());
}

export function createTurnstile(prng: Prng): Turnstile {
  const waiting: Waiting[] = [];
  const tracked = new Set<{ readonly life: Life | undefined }>();
  let inside: Life | undefined;
  let steps = 0;

  const queue = (kind: Waiting['kind'], life: Life, go: () => Promise<void>): void => {
    if (!life.isOver()) waiting.push({ kind, life, go });
  };

  const takeNext = (): Waiting | undefined => {
    const ready = waiting.filter(({ kind }) => kind === 'step' || inside === undefined);
    if (ready.length === 0) return undefined;
    const next = prng.pick(ready);
    waiting.splice(waiting.indexOf(next), 1);
    return next;
  };

  const isTracked = (): boolean => [...tracked].some(({ life }) => life?.isOver() !== true);

  return {
    enter: (life) =>
      new Promise((resolve) => {
        queue('enter', life, async () => {
          inside = life;
          resolve();
        });
      }),
    leave: (life) => {
      if (inside === life) inside = undefined;
    },
    step: (life, work) =>
      new Promise((resolve, reject) => {
        queue('step', life, async () => {
          if (await life.endsHere()) return;
          steps += 1;
          const end = await work().then(
            (value) => () => resolve(value),
            (error: unknown) => () => reject(error),
          );
          // What was done stays done; whether anybody learns of it is another question.
          if (!(await life.endsHere())) end();
        });
      }),
    track: (work, life) => {
      const entry = { life };
      tracked.add(entry);
      return work.finally(() => tracked.delete(entry));
    },
    forget: (life) => {
      const kept = waiting.filter((one) => one.life !== life);
      waiting.splice(0, waiting.length, ...kept);
      if (inside === life) inside = undefined;
    },
    settle: async () => {
      let idleSince: number | undefined;
      for (;;) {
        await rest();
        const next = takeNext();
        if (next !== undefined) {
          idleSince = undefined;
          await next.go();
        } else if (waiting.length > 0 || !isTracked()) return;
        else {
          idleSince ??= performance.now();
          invariant(performance.now() - idleSince < stuckAfterMs, 'work ends in real time');
        }
      }
    },
    get steps() {
      return steps;
    },
  };
}
