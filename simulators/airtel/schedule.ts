import type { EpochMs, Timer } from '#kernel';

import type { Context } from './context.ts';
import { numberIn, textIn } from './store.ts';

export const jobKinds = [
  'show-prompt',
  'act-on-prompt',
  'end-prompt',
  'resolve-collection',
  'settle-disbursement',
  'apply-refund',
  'send-callback',
] as const;
export type JobKind = (typeof jobKinds)[number];

export interface Job {
  readonly kind: JobKind;
  /** What the job is about: an own id, the number of a prompt or of a callback. */
  readonly subject: string;
  readonly dueAt: EpochMs;
}

export interface Schedule {
  /** Writes the job within the caller's transaction. */
  add(job: Job): void;
  /** Takes up every job that is written down, overdue ones first. */
  start(tasks: Readonly<Record<JobKind, (subject: string) => void>>): void;
  stop(): void;
}

/** Things yet to happen, kept in the store: a job goes in the same commit as its effect. */
export function createSchedule({ clock, store }: Context): Schedule {
  const timers = new Map<number, Timer>();
  let tasks: Readonly<Record<string, (subject: string) => void>> = {};
  let running = false;

  const arm = (id: number, dueAt: EpochMs): void => {
    if (!running) return;
    timers.get(id)?.cancel();
    timers.set(
      id,
      clock.after(Math.max(0, dueAt - clock.now()), () => perform(id)),
    );
  };
  const perform = (id: number): void => {
    timers.delete(id);
    store.transact(() => {
      const row = store.get('delete from job where id = ? returning kind, subject', id);
      if (row !== undefined) tasks[textIn(row, 'kind')]?.(textIn(row, 'subject'));
    });
  };
  return {
    add: ({ kind, subject, dueAt }) => {
      const row = store.get(
        'insert into job (kind, subject, due_at) values (?, ?, ?) returning id',
        kind,
        subject,
        dueAt,
      );
      store.onCommit(() => arm(numberIn(row, 'id'), dueAt));
    },
    start: (given) => {
      tasks = given;
      running = true;
      for (const row of store.all('select id, due_at from job order by due_at, id'))
        arm(numberIn(row, 'id'), numberIn(row, 'due_at'));
    },
    stop: () => {
      running = false;
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}
