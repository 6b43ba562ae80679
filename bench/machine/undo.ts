type Undo = () => Promise<void>;

const pending = new Set<Undo>();
const graceMs = 60_000;

/**
 * Remembers how something is cleared away, in case the run is interrupted. Answers the same act for
 * the usual end: whoever comes first does it, once.
 */
export function remember(undo: Undo): Undo {
  let done: Promise<void> | undefined;
  const once = (): Promise<void> => {
    pending.delete(once);
    return (done ??= undo());
  };
  pending.add(once);
  return once;
}

/** Whatever is still there, the latest first. */
export async function undoAll(say: (text: string) => void): Promise<void> {
  for (const undo of [...pending].toReversed()) {
    await undo().catch((error: unknown) => say(`not cleared away: ${String(error)}`));
  }
}

/** At Ctrl-C or SIGTERM everything remembered is undone, the latest first, and the process ends. */
export function undoWhenInterrupted(say: (text: string) => void): void {
  const end = async (): Promise<never> => {
    setTimeout(() => process.exit(1), graceMs).unref();
    await undoAll(say);
    process.exit(130);
  };
  let isEnding = false;
  const onSignal = (): void => {
    if (isEnding) return;
    isEnding = true;
    say('interrupted: clearing away');
    void end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}
