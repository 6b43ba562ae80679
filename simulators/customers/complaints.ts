import type { Clock, EpochMs } from '#kernel';

/** The kinds of trouble, each told once a minute at most. */
export type Trouble = 'engine' | 'checkout' | 'mpesa' | 'airtel' | 'town';
export type Complain = (trouble: Trouble, what: string) => void;

const quietMs = 60_000;
const lineLengthMax = 200;

export interface ComplaintsDeps {
  readonly clock: Clock;
  readonly write: (line: string) => void;
  /** Whoever stops is answered by nobody, and that is no trouble. */
  readonly signal: AbortSignal;
}

export function createComplaints({ clock, write, signal }: ComplaintsDeps): Complain {
  const toldAt = new Map<Trouble, EpochMs>();
  return (trouble, what) => {
    const now = clock.now();
    const last = toldAt.get(trouble);
    const isQuiet = last !== undefined && now - last < quietMs;
    if (isQuiet || signal.aborted) return;
    toldAt.set(trouble, now);
    write(`customers: ${trouble}: ${what}`.replaceAll('\n', ' ').slice(0, lineLengthMax));
  };
}
