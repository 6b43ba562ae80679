import type { Secret } from '#kernel';

import { exitCodes, type CliDeps, type ExitCode, type Role, type Started } from './deps.ts';
import { startLive, type Live } from './live.ts';
import { startAnswer, startView, stepLine, unshownKeyView } from './start-view.ts';
import { createVoice, type Voice } from './voice.ts';

export interface StartFlags {
  readonly detach: boolean;
  readonly role: Role;
  readonly json: boolean;
}

interface StopWish {
  /** Aborts at the first signal. */
  readonly signal: AbortSignal;
  /** Resolves at the second: the operator will not wait. */
  readonly impatience: Promise<'impatient'>;
  forget(): void;
}

/** Hears every Ctrl-C from now on; the first one asks, the second one insists. */
function hearStopWish(deps: CliDeps, onFirst: () => void): StopWish {
  const first = new AbortController();
  const { promise, resolve } = Promise.withResolvers<'impatient'>();
  const forget = deps.onStopSignal(() => {
    if (first.signal.aborted) {
      resolve('impatient');
      return;
    }
    onFirst();
    first.abort();
  });
  return { signal: first.signal, impatience: promise, forget };
}

/** Starts the engine and stays with it until it has stopped. */
export async function start(deps: CliDeps, flags: StartFlags): Promise<ExitCode> {
  const { clock } = deps;
  const voice = createVoice(deps.terminal, flags.json);
  const beganAt = clock.now();
  let live: Live | undefined;
  let unshownKey: Secret<string> | undefined;
  const wish = hearStopWish(deps, () => {
    live?.stop();
    voice.note(['stopping…']);
  });
  try {
    const starting = deps.start({
      detach: flags.detach,
      role: flags.role,
      signal: wish.signal,
      onConfigured: ({ masterKey }) => {
        unshownKey = masterKey;
      },
      onProgress: (done) => voice.note([stepLine(done, clock.now() - beganAt, voice.pen())]),
    });
    const started = await Promise.race([starting, wish.impatience]);
    if (started === 'impatient') return giveUp(voice);
    if (!started.ok) return voice.refuse(started.error);
    if (!wish.signal.aborted) {
      const tookMs = clock.now() - beganAt;
      unshownKey = undefined;
      voice.say(startView(started.value, { detach: flags.detach, tookMs }, voice.pen()));
      voice.answer(startAnswer(started.value));
      if (flags.detach) return exitCodes.ok;
      live = liveOf(deps, started.value, { voice, json: flags.json });
    }
    const end = await untilEnd(started.value, wish);
    live?.stop();
    if (end === 'impatient') return giveUp(voice);
    voice.note(['stopped']);
    return exitCodes.ok;
  } finally {
    if (unshownKey !== undefined) voice.note(unshownKeyView(unshownKey, voice.pen()));
    wish.forget();
  }
}

function liveOf(
  { clock, terminal }: CliDeps,
  started: Started,
  { voice, json }: { readonly voice: Voice; readonly json: boolean },
): Live {
  return startLive({
    clock,
    mode: started.mode,
    write: (text) => voice.raw(text),
    // Beside a document the line is written, not rewritten.
    isTty: terminal.isTty && !json,
    color: terminal.color,
    columns: () => terminal.columns,
    snapshot: () => started.snapshot(),
  });
}

/** Passes the wish to stop on, now or when it comes, and waits for the end. */
async function untilEnd(started: Started, wish: StopWish): Promise<'stopped' | 'impatient'> {
  const stopIt = (): void => void started.stop();
  if (wish.signal.aborted) stopIt();
  else wish.signal.addEventListener('abort', stopIt, { once: true });
  return Promise.race([started.untilStopped, wish.impatience]);
}

function giveUp(voice: Voice): ExitCode {
  voice.note(['stopped at once; the next start recovers what was under way']);
  return exitCodes.refused;
}
