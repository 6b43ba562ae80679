import type { Clock, EpochMs } from '#kernel';

import type { Snapshot, Started } from './deps.ts';
import { liveLine } from './live-view.ts';
import { penFor } from './pen.ts';

export interface LiveOptions {
  readonly clock: Clock;
  readonly mode: Started['mode'];
  readonly write: (text: string) => void;
  /** A line can be rewritten in place. */
  readonly isTty: boolean;
  readonly color: boolean;
  readonly columns: () => number;
  readonly snapshot: () => Promise<Snapshot | undefined>;
}

export interface Live {
  /** Says nothing more; the cursor is at the start of a line. */
  stop(): void;
}

const repaintEveryMs = 1_000;
const repeatEveryMs = 30_000;
const askEveryMs = 5_000;
const patienceMs = 500;
// Enough for all there is to tell: a line that is not rewritten may wrap.
const lineColumns = 160;
const eraseLine = '\r\u001B[2K';

/** A calm line about the running engine: rewritten each second, or written now and then. */
export function startLive(options: LiveOptions): Live {
  const { clock, isTty, write } = options;
  const ending = new AbortController();
  let latest: Snapshot | undefined;
  let awaySince: EpochMs | undefined;
  let isAsking = false;
  let askedAt = Number.NEGATIVE_INFINITY;

  const ask = async (): Promise<void> => {
    isAsking = true;
    askedAt = clock.now();
    // A view that breaks must not end the engine; that nothing is known is shown.
    const answer = await options.snapshot().catch(() => undefined);
    isAsking = false;
    latest = answer ?? latest;
    awaySince = answer === undefined ? (awaySince ?? askedAt) : undefined;
  };

  const draw = (): void => {
    const columns = isTty ? options.columns() : lineColumns;
    const pen = penFor({ columns, color: options.color });
    const line = liveLine({ mode: options.mode, now: clock.now(), latest, awaySince }, pen);
    write(isTty ? `${eraseLine}${line}` : `${line}\n`);
  };

  const refresh = async (): Promise<void> => {
    if (isAsking || clock.now() - askedAt < askEveryMs) return;
    // The line goes on showing the time while an answer takes long.
    await Promise.race([ask(), clock.sleep(patienceMs, ending.signal)]);
  };

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await refresh();
      if (ending.signal.aborted) return;
      draw();
      await clock.sleep(isTty ? repaintEveryMs : repeatEveryMs, ending.signal);
    }
  };

  void run();
  return {
    stop: () => {
      if (ending.signal.aborted) return;
      ending.abort();
      if (isTty) write(eraseLine);
    },
  };
}
