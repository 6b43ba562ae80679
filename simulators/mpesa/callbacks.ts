import type { Clock } from '#kernel';
import { type CallbackRecord, type CallbackState, createCallbackRows } from './callback-store.ts';
import type { Timings } from './config.ts';
import { createDelivery } from './delivery.ts';
import type { Dice } from './dice.ts';
import type { KnobBoard } from './knobs.ts';
import type { Store } from './store.ts';
import type { OutboundReply, Post } from './transport.ts';

export type CallbackKind =
  | 'stk'
  | 'c2b-validation'
  | 'c2b-confirmation'
  | 'b2c'
  | 'b2b'
  | 'status'
  | 'balance'
  | 'reversal'
  | 'queue-timeout';

export interface NewCallback {
  readonly kind: CallbackKind;
  /** The `CheckoutRequestID`, `ConversationID` or receipt it speaks of. */
  readonly correlation: string;
  readonly url: string;
  readonly body: unknown;
  /** Only prompt callbacks carry the header (observed). */
  readonly shortCodeHeader?: string;
  readonly lagMs: number;
}

export interface Callbacks {
  /** Call it inside the transaction that makes the news true. */
  enqueue(callback: NewCallback): void;
  /** Sends at once and hands back the reply, or nothing when there was none in time. */
  ask(callback: NewCallback & { timeoutMs: number }): Promise<OutboundReply | undefined>;
  /** Resolves when the next callback about `correlation` has been tried. */
  attempted(correlation: string): Promise<void>;
  recent(limit: number): readonly CallbackRecord[];
  start(): void;
  stop(): void;
  /** Resolves when no delivery is under way. */
  idle(): Promise<void>;
}

interface CallbacksDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly dice: Dice;
  readonly knobs: KnobBoard;
  readonly timings: Timings;
  readonly post: Post;
}

/** The queue of outgoing news, and everything that can happen to it on the way. */
export function createCallbacks({ store, dice, ...deps }: CallbacksDeps): Callbacks {
  const { clock, knobs, timings } = deps;
  const rows = createCallbackRows(store);
  const delivery = createDelivery({ ...deps, rows });

  const add = (callback: NewCallback, as: { body: string; state: CallbackState }) => {
    const createdAt = clock.now();
    const attempted = as.state === 'sending' ? { attemptedAt: createdAt } : {};
    const dueAt = createdAt + callback.lagMs;
    return rows.add({ ...callback, ...as, ...attempted, createdAt, dueAt });
  };
  const queue = (callback: NewCallback, body: string): void => {
    const { id, dueAt } = add(callback, { body, state: 'pending' });
    delivery.arm(id, dueAt);
  };
  const textOf = (body: unknown): string => {
    const whole = JSON.stringify(body);
    return dice.chance(knobs.current().truncatedJson)
      ? whole.slice(0, dice.span({ min: 1, max: whole.length - 1 }))
      : whole;
  };
  return {
    enqueue: (callback) => {
      const { dropCallbacks, duplicateCallbacks, delayCallbacksMs } = knobs.current();
      const body = textOf(callback.body);
      if (dice.chance(dropCallbacks)) {
        add(callback, { body, state: 'dropped' });
        return;
      }
      const isLate = dice.chance(delayCallbacksMs.rate);
      const lagMs = callback.lagMs + (isLate ? dice.span(delayCallbacksMs) : 0);
      queue({ ...callback, lagMs }, body);
      if (!dice.chance(duplicateCallbacks)) return;
      queue({ ...callback, lagMs: lagMs + dice.span(timings.duplicateLagMs) }, body);
    },
    ask: ({ timeoutMs, ...callback }) => {
      const body = JSON.stringify(callback.body);
      return delivery.send(add(callback, { body, state: 'sending' }), timeoutMs);
    },
    attempted: (correlation) => delivery.attempted(correlation),
    recent: (limit) => rows.recent(limit),
    start: () => {
      for (const { id, dueAt } of rows.takeUp()) delivery.arm(id, dueAt);
    },
    stop: () => delivery.stop(),
    idle: () => delivery.idle(),
  };
}
