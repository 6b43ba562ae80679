import { InvalidArgumentError, Option, type Command } from 'commander';

import type { FixAsked } from '#api/contract';

import type { JsonFlag } from './commands.ts';
import type { CliDeps, ExitCode, FixOrder } from './deps.ts';
import { exceptionsView, exceptionView, fixView } from './exception-view.ts';
import { limitOption, verbOf, type Outcome } from './verb.ts';
import { createVoice } from './voice.ts';

type Allocation = Extract<FixAsked, { kind: 'match' }>['allocations'][number];

interface FixFlags extends JsonFlag {
  readonly reason: string;
  readonly after?: string;
  readonly match?: readonly Allocation[];
  readonly rest: 'stays' | 'credit';
  readonly phone?: string;
  readonly acceptShort?: string | true;
  readonly stream?: string;
  readonly customer?: string | true;
  readonly refund?: 'whole' | 'rest' | true;
  readonly by?: 'reversal' | 'payout';
  readonly bookReversal: boolean;
  readonly keep: boolean;
  readonly dismiss: boolean;
}

const partForm = /^(ch_\w+)(?:=(\d+(?:\.\d{1,2})?))?(?:@(pay_\w+))?$/;

/** `ch_…`, `ch_…=300`, `ch_…=300@pay_…`. */
function parsePart(text: string, before: readonly Allocation[] = []): readonly Allocation[] {
  const [, chargeId, amountDecimal, paymentId] = partForm.exec(text) ?? [];
  if (chargeId === undefined) {
    throw new InvalidArgumentError('Write it as ch_…, ch_…=300 or ch_…=300@pay_….');
  }
  const part = {
    chargeId,
    ...(amountDecimal !== undefined && { amountDecimal }),
    ...(paymentId !== undefined && { paymentId }),
  };
  return [...before, part];
}

/** Everything the flags ask for; there has to be one fix and no other. */
const fixesOf = (flags: FixFlags): readonly FixAsked[] => {
  const { match, rest, phone, acceptShort, stream, customer, refund, by } = flags;
  const found: (FixAsked | undefined)[] = [
    match === undefined
      ? undefined
      : {
          kind: 'match',
          allocations: [...match],
          rest,
          ...(phone !== undefined && { phone }),
        },
    acceptShort === undefined
      ? undefined
      : { kind: 'accept-short', ...(acceptShort !== true && { chargeId: acceptShort }) },
    stream === undefined ? undefined : { kind: 'assign-stream', stream },
    customer === undefined
      ? undefined
      : { kind: 'assign-customer', ...(customer !== true && { phone: customer }) },
    refund === undefined
      ? undefined
      : {
          kind: 'refund',
          part: refund === true ? 'whole' : refund,
          ...(by !== undefined && { by }),
        },
    flags.bookReversal ? { kind: 'book-reversal' } : undefined,
    flags.keep ? { kind: 'keep' } : undefined,
    flags.dismiss ? { kind: 'dismiss' } : undefined,
  ];
  return found.filter((asked) => asked !== undefined);
};

function onlyFix(verb: Command, flags: FixFlags): FixAsked {
  const [only, ...more] = fixesOf(flags);
  if (only !== undefined && more.length === 0) return only;
  return verb.error(
    'error: name one fix: --match, --accept-short, --stream, --customer, --refund, ' +
      '--book-reversal, --keep or --dismiss',
  );
}

async function list(
  deps: CliDeps,
  { json, ...options }: JsonFlag & { readonly all: boolean; readonly limit: number },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.exceptions(options), {
    lines: exceptionsView,
    document: (items) => ({ items }),
  });
}

async function show(deps: CliDeps, id: string, { json }: JsonFlag): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.exception(id), { lines: exceptionView });
}

async function applyFix(
  deps: CliDeps,
  id: string,
  { json, ...order }: FixOrder & JsonFlag,
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.fixException(id, order), { lines: fixView });
}

async function undoFix(
  deps: CliDeps,
  id: string,
  { json, reason }: JsonFlag & { readonly reason: string },
): Promise<ExitCode> {
  const voice = createVoice(deps.terminal, json);
  return voice.tell(await deps.undoFix(id, { reason }), { lines: fixView });
}

const idWords = 'as `npx qmoi exceptions` shows it: ex_…';
const reasonWords = 'why, for the audit log';

function addFixVerb(parent: Command, deps: CliDeps, end: Outcome): void {
  const verb = verbOf(parent, {
    name: 'fix',
    does: 'do what you have decided about one; everything but a refund can be undone',
    example:
      'npx qmoi exceptions fix ex_01MV2H1800206 --match ch_01MV2H1800207 --reason "he called"',
  })
    .argument('<id>', idWords)
    .requiredOption('--reason <text>', reasonWords)
    .addOption(
      new Option(
        '--match <charge[=amount][@payment]>',
        'let the money pay a charge; again for more charges, or for more payments of one',
      ).argParser(parsePart),
    )
    .addOption(
      new Option('--rest <place>', 'what a match leaves: it stays, or is credit of a customer')
        .choices(['stays', 'credit'])
        .default('stays'),
    )
    .option('--phone <number>', "whose credit the rest is; the payer's unless said")
    .option('--accept-short [charge]', 'less is enough: the charge counts as paid')
    .option('--stream <stream>', 'earned by a stream without a charge')
    .option('--customer [phone]', 'held for a customer; the payer unless said')
    .addOption(
      new Option('--refund [part]', 'back to its payer, whole or what is not earned').choices([
        'whole',
        'rest',
      ]),
    )
    .addOption(new Option('--by <way>', 'how a refund goes back').choices(['reversal', 'payout']))
    .option('--book-reversal', 'its provider gave it back: it counts no more', false)
    .option('--keep', 'leave it as it is on purpose', false)
    .option('--dismiss', 'nothing is to be done', false)
    .option('--after <fix>', 'go on from the fix that resolved it: fx_…');
  verb.action(async (id: string, flags: FixFlags) => {
    const only = onlyFix(verb, flags);
    const { json, reason, after } = flags;
    end(await applyFix(deps, id, { json, fix: only, reason, after }));
  });
}

/** `exceptions` lists; its own verbs look at one, fix it, or take a fix back. */
export function addExceptionVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  const parent = verbOf(program, {
    name: 'exceptions',
    does: 'list what a person should look at; show, fix and undo one of them',
    example: 'npx qmoi exceptions --limit 50',
  })
    .option('--all', 'those already resolved as well', false)
    .addOption(limitOption())
    .action(async (flags: JsonFlag & { readonly all: boolean; readonly limit: number }) =>
      end(await list(deps, flags)),
    );

  verbOf(parent, {
    name: 'show',
    does: 'show one with its money, what could be done about it and what was',
    example: 'npx qmoi exceptions show ex_01MV2H1800206',
  })
    .argument('<id>', idWords)
    .action(async (id: string, flags: JsonFlag) => end(await show(deps, id, flags)));

  addFixVerb(parent, deps, end);

  verbOf(parent, {
    name: 'undo',
    does: 'take the last fix of one back, by entries of the opposite sign',
    example: 'npx qmoi exceptions undo ex_01MV2H1800206 --reason "the wrong customer"',
  })
    .argument('<id>', idWords)
    .requiredOption('--reason <text>', reasonWords)
    .action(async (id: string, flags: JsonFlag & { readonly reason: string }) =>
      end(await undoFix(deps, id, flags)),
    );
}
