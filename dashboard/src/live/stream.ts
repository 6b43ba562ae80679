import type { Digest, Status } from '#api/contract';
import type { EpochMs } from '#kernel';

import { root } from '../api/client.ts';
import { clock } from '../clock.ts';

/** `live`: what is shown is now. Anything else is not, and since when. */
export interface Line {
  readonly state: 'connecting' | 'live' | 'reconnecting' | 'stale';
  /** When the engine was last heard. */
  readonly heardAt: EpochMs | undefined;
}

export interface Listener {
  readonly onLine: (line: Line) => void;
  readonly onStatus: (status: Status) => void;
  readonly onDigest: (digest: Digest) => void;
  /** More happened than is told again. */
  readonly onGap: () => void;
}

/** A snapshot comes every 30 seconds at the latest: after that, silence is no good sign. */
const silenceMsMax = 40_000;
const lookEveryMs = 2_000;
/** Losing the line for a moment is nothing; longer than this, figures are old. */
const lostMsMax = 8_000;
const againMs = 3_000;

/** Listens to the engine until it is closed, and says honestly whether it still hears anything. */
export function openStream(listener: Listener): { close(): void } {
  let source: EventSource | undefined;
  let line: Line = { state: 'connecting', heardAt: undefined };
  let lostAt: EpochMs | undefined;

  const become = (next: Line): void => {
    const isNew = next.state !== line.state;
    line = next;
    if (isNew) listener.onLine(line);
  };

  const heard = (): void => {
    lostAt = undefined;
    become({ state: 'live', heardAt: clock.now() });
  };

  const lost = (): void => {
    lostAt ??= clock.now();
    if (line.state === 'live') become({ ...line, state: 'reconnecting' });
    // A refusal ends it for good: it is opened anew.
    if (source?.readyState !== EventSource.CLOSED) return;
    again.cancel();
    again = clock.after(againMs, open);
  };

  function open(): void {
    source?.close();
    source = openSource(listener, { heard, lost });
  }

  function lookAround(): void {
    const now = clock.now();
    const isSilent = line.heardAt !== undefined && now - line.heardAt > silenceMsMax;
    const isLost = lostAt !== undefined && now - lostAt > lostMsMax;
    if (isSilent || isLost) become({ ...line, state: 'stale' });
    // A phone that slept has a line that only looks open.
    if (isSilent && lostAt === undefined) {
      lostAt = now;
      open();
    }
    look = clock.after(lookEveryMs, lookAround);
  }

  const offline = (): void => {
    lostAt ??= clock.now();
    become({ ...line, state: 'stale' });
  };
  let again = clock.after(0, open);
  let look = clock.after(lookEveryMs, lookAround);
  addEventListener('offline', offline);
  addEventListener('online', open);

  return {
    close: () => {
      removeEventListener('offline', offline);
      removeEventListener('online', open);
      source?.close();
      again.cancel();
      look.cancel();
    },
  };
}

function openSource(
  { onStatus, onDigest, onGap }: Listener,
  { heard, lost }: { readonly heard: () => void; readonly lost: () => void },
): EventSource {
  const source = new EventSource(`${root}/events?form=digest`);
  const on = (name: string, take: (text: string) => void): void =>
    source.addEventListener(name, ({ data }) => {
      heard();
      take(data);
    });
  on('status', (text) => onStatus(JSON.parse(text)));
  on('digest', (text) => onDigest(JSON.parse(text)));
  on('gap', onGap);
  source.addEventListener('error', lost);
  return source;
}
