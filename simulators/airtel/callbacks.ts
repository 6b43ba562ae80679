import { type EpochMs, isoOf } from '#kernel';

import { type CallbackTransaction, renderCallback } from './callback-body.ts';
import { problemOfCallbackUrl } from './config.ts';
import { type Context, happens, within } from './context.ts';
import type { Post } from './post.ts';
import type { Schedule } from './schedule.ts';
import { numberIn, optionalNumberIn, optionalTextIn, type Row, textIn } from './store.ts';

export interface Callbacks {
  /** Queues the callback of an outcome within the transaction that makes it so. */
  announce(transaction: CallbackTransaction): void;
  /** Job: marks as sent, commits, sends. A kill between the two loses it, never doubles it. */
  send(id: string): void;
  /** Resolves once a callback about this id has been attempted, or `ackHoldMsMax` is over. */
  attempted(ownId: string): Promise<void>;
  url(): string;
  /** The problem with addresses outside this machine that were not allowed by name. */
  register(url: string, afterMs: number): string | undefined;
  recent(limit: number): readonly object[];
  stop(): void;
}

export interface CallbackParts {
  readonly context: Context;
  readonly schedule: Schedule;
  readonly post: Post;
}

interface Line extends CallbackParts {
  readonly stopping: AbortController;
  /** Answers that wait for the callback of their own id. */
  readonly waiting: Map<string, AbortController>;
  url: string;
}

export function createCallbacks(parts: CallbackParts): Callbacks {
  const { clock, config, store } = parts.context;
  const line: Line = {
    ...parts,
    stopping: new AbortController(),
    waiting: new Map(),
    url: config.callbackUrl,
  };
  store.run(`update callback set state = 'failed', error = 'interrupted by a restart'
    where state = 'sending'`);
  return {
    announce: (transaction) => announce(line, transaction),
    send: (id) => {
      const row = store.get(
        `update callback set state = 'sending', url = ?, attempted_at = ?
           where id = ? and state = 'queued' returning *`,
        line.url,
        clock.now(),
        Number(id),
      );
      if (row !== undefined) store.onCommit(() => void deliver(line, row));
    },
    attempted: async (ownId) => {
      const awaited = new AbortController();
      line.waiting.set(ownId, awaited);
      await clock.sleep(config.timings.ackHoldMsMax, awaited.signal);
      line.waiting.delete(ownId);
    },
    url: () => line.url,
    register: (url, afterMs) => {
      const problem = problemOfCallbackUrl(url, config.allowHosts);
      if (problem !== undefined) return problem;
      // A changed address is approved by hand before it counts (sheet §1.1).
      if (afterMs === 0) line.url = url;
      else clock.after(afterMs, () => (line.url = url));
      return undefined;
    },
    recent: (limit) =>
      store.all('select * from callback order by id desc limit ?', limit).map(view),
    stop: () => line.stopping.abort(),
  };
}

function announce(line: Line, transaction: CallbackTransaction): void {
  const { context } = line;
  const { dropCallbacks, duplicateCallbacks } = context.knobs();
  const dropped = happens(context, dropCallbacks);
  queue(line, transaction, dropped ? 'dropped' : 'queued');
  if (!dropped && happens(context, duplicateCallbacks)) queue(line, transaction, 'queued');
}

function queue(
  { context, schedule }: Line,
  transaction: CallbackTransaction,
  state: 'queued' | 'dropped',
): void {
  const { config, clock, store } = context;
  const { hashRendering, bodyFormat, bodyOrder, wrongHash } = context.knobs();
  const body = renderCallback(transaction, {
    hashKey: config.callbackHashKey?.reveal(),
    hashRendering,
    bodyFormat,
    bodyOrder,
    wrongHash: happens(context, wrongHash),
  });
  const row = store.get(
    `insert into callback (own_id, status_code, body, state, queued_at)
       values (?, ?, ?, ?, ?) returning id`,
    transaction.id,
    transaction.status_code,
    body,
    state,
    clock.now(),
  );
  if (state === 'dropped') return;
  const subject = String(numberIn(row, 'id'));
  schedule.add({ kind: 'send-callback', subject, dueAt: dueAt(context) });
}

function dueAt(context: Context): EpochMs {
  const { delayCallbacksMs, reorder } = context.knobs();
  const { callbackDelayMs, reorderHoldMs } = context.config.timings;
  const usual = context.clock.now() + within(context, callbackDelayMs);
  const late = happens(context, delayCallbacksMs.rate) ? within(context, delayCallbacksMs) : 0;
  return usual + late + (happens(context, reorder) ? reorderHoldMs : 0);
}

/** Once and never again (sheet §9.3): neither the status nor an error leads to a second attempt. */
async function deliver(line: Line, row: Row): Promise<void> {
  const { config, store } = line.context;
  const { signal } = line.stopping;
  const url = textIn(row, 'url');
  const sent = {
    url,
    body: textIn(row, 'body'),
    timeoutMs: config.timings.callbackTimeoutMs,
    signal,
  };
  let httpStatus: number | undefined;
  let error: string | undefined;
  try {
    const refused = problemOfCallbackUrl(url, config.allowHosts);
    if (refused !== undefined) throw new Error(refused);
    httpStatus = await line.post(sent);
  } catch (problem) {
    error = problem instanceof Error ? problem.message : String(problem);
  }
  // Once the simulator stops its store is closed; the next start settles what was open.
  if (signal.aborted) return;
  store.run(
    'update callback set state = ?, http_status = ?, error = ? where id = ?',
    httpStatus === undefined ? 'failed' : 'answered',
    httpStatus ?? null,
    error ?? null,
    numberIn(row, 'id'),
  );
  line.waiting.get(textIn(row, 'own_id'))?.abort();
}

const view = (row: Row): object => {
  const attemptedAt = optionalNumberIn(row, 'attempted_at');
  return {
    id: numberIn(row, 'id'),
    ownId: textIn(row, 'own_id'),
    statusCode: textIn(row, 'status_code'),
    state: textIn(row, 'state'),
    url: optionalTextIn(row, 'url') ?? null,
    httpStatus: optionalNumberIn(row, 'http_status') ?? null,
    error: optionalTextIn(row, 'error') ?? null,
    body: textIn(row, 'body'),
    queuedAt: isoOf(numberIn(row, 'queued_at')),
    attemptedAt: attemptedAt === undefined ? null : isoOf(attemptedAt),
  };
};
