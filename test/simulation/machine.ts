import type { EpochMs, Prng } from '#kernel';
import type { CallbackChannel } from '#rails';
import { isDatabaseAway, sql, type Database } from '#platform/db';

import type { Conditions } from './conditions.ts';
import { createLife } from './life.ts';
import type { WakeFacts } from './patience.ts';
import { startProcess, type EngineProcess, type Grounds } from './process.ts';

export interface Knock {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly source: string;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Where the engine's processes run, die and are started again. */
export interface Machine {
  /** Starts one process more; it is there when it has come up, unless it dies over it. */
  boot(options?: { readonly diesAfter: number }): void;
  /**
   * Kills one of the running processes somewhere in the middle of what it does next; after
   * `downMs` another one takes its place.
   */
  kill(options: { readonly halfSteps: number; readonly downMs: number | undefined }): void;
  readonly running: readonly EngineProcess[];
  /** Asks any running process; rejects when nobody listens or the process dies over it. */
  knock(knock: Knock): Promise<Reply>;
  nextWakeAt(): EpochMs;
  /** Passes on what the relay would tell every process. */
  tell(topics: ReadonlySet<string>): void;
  /** Wakes the loops whose time has come. */
  wake(): void;
  endAll(): Promise<void>;
  readonly kills: number;
  readonly starts: number;
}

export interface MachineDeps {
  readonly grounds: Grounds;
  readonly observer: Database;
  readonly prng: Prng;
  readonly conditions: Conditions;
  readonly isDatabaseAway: () => boolean;
  /** Since when it is back, if it was away. */
  readonly databaseBackAt: () => EpochMs;
  /** Told of a start that failed for no reason of the world's. */
  readonly onDefect: (error: unknown) => void;
}

const bootAgainMs = 5_000;
const letGoAgainMs = 1_000;

type Start = Parameters<typeof startProcess>[1];
const troubledForMs = 10_000;

const nudges = [
  ['charge.created', 'prompts'],
  ['transfer.approved', 'transfers'],
  ['payment.confirmed', 'transfer-check'],
] as const;

export const channelIn = (path: string): CallbackChannel => path.split('/')[2] as CallbackChannel;

export function createMachine(deps: MachineDeps): Machine {
  const { grounds, prng, conditions } = deps;
  const { clock, lookout, turnstile } = grounds;
  let running: readonly EngineProcess[] = [];
  let starts = 0;
  let kills = 0;

  const factsFor = ({ business }: EngineProcess): WakeFacts => {
    const { promptsAt, inquiriesAt, transfersAt } = lookout.latest;
    const isTroubled = deps.isDatabaseAway() || clock.now() - deps.databaseBackAt() < troubledForMs;
    return {
      workAt: Math.min(promptsAt, inquiriesAt, transfersAt),
      isTroubled,
      isSpoolWaiting: business.intake.health.spooled > 0,
    };
  };

  const endSessions = async (pids: ReadonlySet<number>): Promise<void> => {
    for (const pid of pids) {
      await sql`select pg_terminate_backend(${pid}, 5000)`.execute(deps.observer.executor);
    }
  };

  const comeUp = async (start: Omit<Start, 'seed'>): Promise<void> => {
    const { life } = start;
    try {
      const started = await startProcess(grounds, { ...start, seed: starts });
      if (life.isOver()) return;
      if (running.length === 0) conditions.note('engine', true, clock.now());
      running = [...running, started];
    } catch (error) {
      if (!isDatabaseAway(error)) deps.onDefect(error);
      // A start that fails is tried again, as a supervisor would.
      if (!life.isOver()) clock.after(bootAgainMs, () => boot());
    }
  };

  const boot: Machine['boot'] = (options) => {
    starts += 1;
    const pids = new Set<number>();
    let close = (): Promise<void> => Promise.resolve();
    // What the dead had open the operating system would close; a write under way ends first.
    const letGo = (): void => {
      void turnstile.track(close().catch(() => undefined));
      clock.after(letGoAgainMs, () => void turnstile.track(close().catch(() => undefined)));
    };
    const onOpened = (how: () => Promise<void>): void => {
      close = how;
      if (life.isOver()) letGo();
    };
    const life = createLife(`engine ${starts}`, async () => {
      turnstile.forget(life);
      kills += 1;
      running = running.filter((one) => one.life !== life);
      conditions.note('engine', running.length > 0, clock.now());
      lookout.noteWrite();
      await endSessions(pids);
      letGo();
    });
    if (options !== undefined) {
      life.endAfter(options.diesAfter);
      clock.after(bootAgainMs, () => boot());
    }
    const onConnected = (pid: number): void => void pids.add(pid);
    void comeUp({ life, onConnected, onOpened });
  };

  return {
    boot,
    kill: ({ halfSteps, downMs }) => {
      if (running.length === 0) return;
      prng.pick(running).life.endAfter(halfSteps);
      if (downMs !== undefined) clock.after(downMs, () => boot());
    },
    get running() {
      return running;
    },
    knock: async ({ method, path, headers = {}, body, source }) => {
      if (running.length === 0) throw new Error('connect ECONNREFUSED');
      const { api, life } = prng.pick(running);
      const asked = api.inject({
        method,
        url: path,
        headers,
        remoteAddress: source,
        ...(body === undefined ? {} : { payload: body }),
      });
      const answer = await turnstile.track(Promise.race([asked, life.cut]), life);
      return { status: answer.statusCode, body: answer.body };
    },
    nextWakeAt: () =>
      running.reduce((at, one) => Math.min(at, one.patience.nextWakeAt(factsFor(one))), Infinity),
    tell: (topics) => {
      for (const { worker } of running) {
        for (const [topic, step] of nudges) if (topics.has(topic)) worker.nudge(step);
      }
    },
    wake: () => {
      for (const one of running) one.patience.wakeDue(clock.now(), factsFor(one));
    },
    endAll: async () => {
      for (const { life } of running) await life.end();
    },
    get kills() {
      return kills;
    },
    get starts() {
      return starts;
    },
  };
}
