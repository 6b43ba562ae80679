import { MessageChannel } from 'node:worker_threads';

import type { Clock } from '#kernel';

/**
 * Keeps the process alive while `work` waits on the clock: its timers alone do not, and a command
 * that only starts or stops the database would end half-way, silently.
 */
export async function stayingAlive<Value>(work: () => Promise<Value>): Promise<Value> {
  const channel = new MessageChannel();
  // A port with a listener holds the event loop until it is closed.
  channel.port1.on('message', () => undefined);
  try {
    return await work();
  } finally {
    channel.port1.close();
  }
}

/** Asks again every `everyMs` until there is an answer or `timeoutMs` have passed. */
export async function poll<Value>(
  clock: Clock,
  { everyMs, timeoutMs }: { readonly everyMs: number; readonly timeoutMs: number },
  look: (waitedMs: number) => Promise<Value | undefined>,
): Promise<Value | undefined> {
  const beganAt = clock.now();
  for (;;) {
    const waitedMs = clock.now() - beganAt;
    const found = await look(waitedMs);
    if (found !== undefined || waitedMs >= timeoutMs) return found;
    await clock.sleep(everyMs);
  }
}
