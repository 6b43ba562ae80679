import type { RailId } from '#kernel';

import { percentOf, progressBar } from './bar.ts';
import type { JsonFlag } from './commands.ts';
import { exitCodes, type CliDeps, type ExitCode, type StatementPreviewed } from './deps.ts';
import { dayView, importedView, previewView, statementsView } from './statement-view.ts';
import { createVoice, type Voice } from './voice.ts';

export interface ImportFlags extends JsonFlag {
  readonly file: string;
  readonly rail: RailId | undefined;
  /** The name of an environment variable, for a password itself never stands in a command. */
  readonly passwordEnv: string | undefined;
  readonly yes: boolean;
}

const barCells = 30;
const clearLine = '\r\u001B[2K';

/** Looks first, asks, and then books. */
export async function importStatement(deps: CliDeps, flags: ImportFlags): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, flags.json);
  const { passwordEnv } = flags;
  const given = passwordEnv === undefined ? undefined : deps.readVariable(passwordEnv);
  if (passwordEnv !== undefined && given === undefined) {
    return voice.refuse({
      message: `There is no environment variable ${passwordEnv}.`,
      fix: 'Name the one that holds the password of the statement.',
      exitCode: exitCodes.usage,
    });
  }
  const seen = await look(deps, flags, given);
  if (!seen.ok) return voice.refuse(seen.error);
  const preview = seen.value;
  if (!flags.json) voice.say(previewView(preview, voice.pen()));
  if (!flags.yes && !(await agrees(deps, flags, voice))) {
    voice.answer({ imported: false, preview });
    return exitCodes.ok;
  }
  const progress = createProgress(deps, voice);
  const done = await deps.commitStatement(preview.id, progress.show);
  progress.end();
  if (!done.ok) return voice.refuse(done.error);
  voice.say(importedView(done.value, voice.pen()));
  voice.answer({ imported: true, preview, statement: done.value });
  return exitCodes.ok;
}

/** Asks for the password only where the file turns out to need one and somebody can type it. */
async function look(
  deps: CliDeps,
  { file: path, rail }: ImportFlags,
  password: string | undefined,
): Promise<StatementPreviewed> {
  const first = await deps.previewStatement({ path, rail, password });
  if (first.ok || password !== undefined || first.error.needsPassword !== true) return first;
  const typed = await deps.ask({ text: 'Password of the statement: ', hidden: true });
  if (typed === undefined || typed === '') return first;
  return deps.previewStatement({ path, rail, password: typed });
}

async function agrees(deps: CliDeps, { json }: JsonFlag, voice: Voice): Promise<boolean> {
  const typed = json ? undefined : await deps.ask({ text: 'Import it? [y/N] ', hidden: false });
  const yes = /^y(es)?$/i.test(typed?.trim() ?? '');
  if (typed === undefined) voice.say(['', 'Nothing was imported. Say --yes to import it.']);
  else if (!yes) voice.say(['Nothing was imported.']);
  return yes;
}

/** One line that is written over; nothing where a line cannot be. */
function createProgress({ terminal }: CliDeps, voice: Voice) {
  let shown = false;
  return {
    show: (done: number, total: number): void => {
      if (!terminal.isTty || total === 0) return;
      shown = true;
      const bar = progressBar({ amount: done, target: total }, barCells);
      voice.raw(`${clearLine}${bar} ${percentOf(done, total)}% of ${total} lines`);
    },
    end: (): void => {
      if (shown) voice.raw(clearLine);
    },
  };
}

export async function statements(
  deps: CliDeps,
  { json, limit }: JsonFlag & { readonly limit: number },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.statements({ limit }), {
    lines: statementsView,
    document: (items) => ({ items }),
  });
}

/** Ends with 1 where a day differs, so that a script can tell. */
export async function reconcile(
  deps: CliDeps,
  {
    json,
    ...options
  }: JsonFlag & { readonly date: string | undefined; readonly rail: RailId | undefined },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.reconcile(options), {
    lines: ({ days }, pen) =>
      days.flatMap((day, n) => [...(n === 0 ? [] : ['']), ...dayView(day, pen)]),
    exitCode: ({ days }) =>
      days.some(({ state }) => state === 'differs') ? exitCodes.refused : exitCodes.ok,
  });
}
