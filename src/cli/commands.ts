import { autoconfigAnswer, autoconfigView } from './autoconfig-view.ts';
import { exitCodes, type BreakerOrder, type CliDeps, type ExitCode, type Stopped } from './deps.ts';
import { addressesView } from './list-view.ts';
import { marks } from './pen.ts';
import { proofAnswer, proofView } from './proof-view.ts';
import { statusView } from './status-view.ts';
import { traceView } from './trace-view.ts';
import { hasFailed, validateView } from './validate-view.ts';
import { createVoice } from './voice.ts';
import { closedWords, weatherView } from './weather-view.ts';
import { duration } from './words.ts';

export interface JsonFlag {
  readonly json: boolean;
}

const stopWords = ({ wasRunning, pid, tookMs }: Stopped): string =>
  wasRunning
    ? `${marks.good} stopped${pid === undefined ? '' : ` process ${pid}`} in ${duration(tookMs)}`
    : 'The engine was not running.';

/** Ends with 0 as well when nothing ran: that is what was asked for. */
export async function stop(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.stop(), {
    lines: (stopped) => [stopWords(stopped)],
    document: (stopped) => ({ ok: true, ...stopped }),
  });
}

/** One look. */
export async function status(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.status(), {
    lines: (answer, pen) => statusView(answer, deps.clock.now(), pen),
  });
}

const watchEveryMs = { screen: 5_000, lines: 30_000 };
const clearScreen = '\u001B[H\u001B[2J\u001B[3J';

/** One look after the other until Ctrl-C, or until the engine is gone. */
export async function watchStatus(deps: CliDeps): Promise<ExitCode> {
  const { terminal, clock } = deps;
  const ending = new AbortController();
  const forget = deps.onStopSignal(() => ending.abort());
  try {
    while (!ending.signal.aborted) {
      const voice = createVoice(terminal, false);
      const answer = await deps.status();
      if (!answer.ok) return voice.refuse(answer.error);
      if (terminal.isTty) voice.raw(clearScreen);
      voice.say(statusView(answer.value, clock.now(), voice.pen()));
      const everyMs = terminal.isTty ? watchEveryMs.screen : watchEveryMs.lines;
      await clock.sleep(everyMs, ending.signal);
    }
    return exitCodes.ok;
  } finally {
    forget();
  }
}

export async function autoconfig(
  deps: CliDeps,
  { json, newMasterKey }: JsonFlag & { readonly newMasterKey: boolean },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.autoconfigure({ newMasterKey }), {
    lines: autoconfigView,
    document: autoconfigAnswer,
  });
}

export async function validate(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  const checks = await deps.validate();
  const failed = hasFailed(checks);
  voice.say(validateView(checks, voice.pen()));
  voice.answer({ ok: !failed, checks });
  return failed ? exitCodes.refused : exitCodes.ok;
}

export async function addresses(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.addresses(), {
    lines: addressesView,
    document: (items) => ({ items }),
  });
}

export async function proof(deps: CliDeps, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.proof(), {
    lines: proofView,
    document: proofAnswer,
    exitCode: (checks) => (proofAnswer(checks).ok ? exitCodes.ok : exitCodes.refused),
  });
}

export async function trace(
  deps: CliDeps,
  { json, reference }: JsonFlag & { readonly reference: string },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.trace(reference), {
    lines: traceView,
    document: (found) => ({ kind: found.kind, ...found.trace }),
  });
}

export async function weather(
  deps: CliDeps,
  { json, hours }: JsonFlag & { readonly hours: number },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.weather({ hours }), { lines: weatherView });
}

export async function closeBreaker(
  deps: CliDeps,
  { json, ...order }: JsonFlag & BreakerOrder,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.closeBreaker(order), {
    lines: (done) => [closedWords(done)],
    document: (done) => ({ ok: true, ...done }),
  });
}
