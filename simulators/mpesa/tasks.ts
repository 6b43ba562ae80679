import { type Clock, invariant, type Timer } from '#kernel';
import { numberIn, type Store, textIn } from './store.ts';

export const taskKinds = [
  'prompt-show',
  'prompt-act',
  'prompt-expire',
  'prompt-settle',
  'prompt-late-success',
  'conversation-finish',
  'conversation-queue-timeout',
  'c2b-simulated',
] as const;
export type TaskKind = (typeof taskKinds)[number];

/**
 * Carries out `work` and forgets the task in one transaction: a task that is killed half-way
 * happens again at the next start, one that finished never does.
 */
export type Finish = (work: () => void) => void;
export type TaskHandler = (subject: string, finish: Finish) => void;

export interface Tasks {
  add(task: { kind: TaskKind; subject: string; delayMs: number }): void;
  on(kind: TaskKind, handler: TaskHandler): void;
  /** Takes up what an earlier run left behind. */
  start(): void;
  stop(): void;
}

// The longest a Node timer can wait; a later task is simply looked at again then.
const timerMsMax = 2_147_483_647;

/** What will happen later, durable: outcomes still come true after the process was killed. */
export function createTasks({ clock, store }: { clock: Clock; store: Store }): Tasks {
  const handlers = new Map<TaskKind, TaskHandler>();
  const timers = new Map<number, Timer>();
  let isStopped = false;

  const run = (id: number): void => {
    timers.delete(id);
    if (isStopped) return;
    const row = store.first('select kind, subject, due_at from tasks where id = ?', id);
    // Rolled back with the transaction that asked for it, or already done.
    if (row === undefined) return;
    const dueAt = numberIn(row, 'due_at');
    if (dueAt > clock.now()) {
      arm(id, dueAt);
      return;
    }
    const kind = taskKinds.find((candidate) => candidate === textIn(row, 'kind'));
    const handler = kind === undefined ? undefined : handlers.get(kind);
    invariant(handler !== undefined, `somebody handles ${textIn(row, 'kind')}`);
    handler(textIn(row, 'subject'), (work) => finish(id, work));
  };
  const finish = (id: number, work: () => void): void => {
    if (isStopped) return;
    store.transaction(() => {
      if (store.run('delete from tasks where id = ?', id) === 1) work();
    });
  };
  const arm = (id: number, dueAt: number): void => {
    timers.get(id)?.cancel();
    const delayMs = Math.min(Math.max(0, dueAt - clock.now()), timerMsMax);
    timers.set(
      id,
      clock.after(delayMs, () => run(id)),
    );
  };
  return {
    add: ({ kind, subject, delayMs }) => {
      const dueAt = clock.now() + delayMs;
      const row = store.first(
        'insert into tasks (kind, subject, due_at) values (?, ?, ?) returning id',
        kind,
        subject,
        dueAt,
      );
      invariant(row !== undefined, 'an inserted task has an id');
      arm(numberIn(row, 'id'), dueAt);
    },
    on: (kind, handler) => void handlers.set(kind, handler),
    start: () => {
      const waiting = store.all('select id, due_at from tasks order by due_at, id');
      for (const row of waiting) arm(numberIn(row, 'id'), numberIn(row, 'due_at'));
    },
    stop: () => {
      isStopped = true;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
