import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { parseBusinessDate, railIds, type RailId } from '#kernel';

import * as commands from './commands.ts';
import { exitCodes, roles, type CliDeps, type ExitCode } from './deps.ts';
import { addExceptionVerbs } from './exceptions.ts';
import { asciiOf } from './pen.ts';
import { hoursMax } from './limits.ts';
import { addPayoutVerbs } from './payout-verbs.ts';
import { start, type StartFlags } from './start.ts';
import { importStatement, reconcile, statements } from './statements.ts';
import { exampleOf, limitOption, upTo, verbOf, type Outcome } from './verb.ts';

export interface Cli {
  /** The words after the program's name; answers what the process should exit with. */
  run(argv: readonly string[]): Promise<number>;
}

const exitCodeHelp = `
Exit codes: 0 done, 1 refused or a check failed, 2 not understood, 3 the engine is not running.`;

function addEngineVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  verbOf(program, {
    name: 'start',
    does: 'start the engine; a fresh machine configures itself for the sandbox',
    example: 'npm run revenue:start -- --detach',
  })
    .option('--detach', 'run in the background', false)
    .addOption(
      new Option('--role <role>', 'what this process does').choices([...roles]).default('all'),
    )
    .action(async (flags: StartFlags) => end(await start(deps, flags)));

  verbOf(program, {
    name: 'stop',
    does: 'let the engine finish what it is doing and end it, its database included',
    example: 'npm run revenue:stop',
  }).action(async (flags: commands.JsonFlag) => end(await commands.stop(deps, flags)));

  verbOf(program, {
    name: 'status',
    does: 'show takings against targets, transfers and health',
    example: 'npm run --silent revenue:status -- --json',
  })
    .addOption(
      new Option('--watch', 'show it again and again until Ctrl-C')
        .default(false)
        .conflicts('json'),
    )
    .action(async (flags: commands.JsonFlag & { readonly watch: boolean }) =>
      end(flags.watch ? await commands.watchStatus(deps) : await commands.status(deps, flags)),
    );
}

function addSetupVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  verbOf(program, {
    name: 'autoconfig',
    does: 'write what the configuration lacks; what is set stays as it is',
    example: 'npm run qmoi:autoconfig -- --new-master-key',
  })
    .option('--new-master-key', 'replace the master key; the old one ends', false)
    .action(async (flags: commands.JsonFlag & { readonly newMasterKey: boolean }) =>
      end(await commands.autoconfig(deps, flags)),
    );

  verbOf(program, {
    name: 'validate',
    does: 'check configuration and machine; name cause and fix of what is wrong',
    example: 'npm run qmoi:validate -- --json',
  }).action(async (flags: commands.JsonFlag) => end(await commands.validate(deps, flags)));

  verbOf(program, {
    name: 'addresses',
    does: 'show the callback addresses that providers have to be given',
    example: 'npx qmoi addresses',
  }).action(async (flags: commands.JsonFlag) => end(await commands.addresses(deps, flags)));
}

function addBookVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  verbOf(program, {
    name: 'proof',
    does: 'prove that the books balance and every shilling has evidence',
    example: 'npx qmoi proof --json',
  }).action(async (flags: commands.JsonFlag) => end(await commands.proof(deps, flags)));

  verbOf(program, {
    name: 'trace',
    does: 'follow one shilling: charge, prompt, callback, evidence, entries',
    example: 'npx qmoi trace TKN4XQ81ZB',
  })
    .argument('<receipt|id>', "a provider's receipt, or the id of a charge, payment or transfer")
    .action(async (reference: string, flags: commands.JsonFlag) =>
      end(await commands.trace(deps, { ...flags, reference })),
    );

  addExceptionVerbs(program, deps, end);
}

const hoursUsual = 24;

function addWeatherVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  const weather = verbOf(program, {
    name: 'weather',
    does: 'show how the payment providers do, hour by hour',
    example: 'npx qmoi weather --hours 6',
  })
    .addOption(
      new Option('--hours <number>', `how many, up to ${hoursMax}`)
        .default(hoursUsual)
        .argParser(upTo(hoursMax)),
    )
    .action(async (flags: commands.JsonFlag & { readonly hours: number }) =>
      end(await commands.weather(deps, flags)),
    );

  verbOf(weather, {
    name: 'close-breaker',
    does: 'let calls to a provider go out again that were held back',
    example: 'npx qmoi weather close-breaker mpesa --reason "Operator unlocked"',
  })
    .addArgument(new Argument('<rail>', 'which').choices([...railIds]))
    .requiredOption('--reason <text>', 'why, for the audit log')
    .action(async (rail: RailId, flags: commands.JsonFlag & { readonly reason: string }) =>
      end(await commands.closeBreaker(deps, { ...flags, rail })),
    );
}

function parseDate(text: string): string {
  if (parseBusinessDate(text).ok) return text;
  throw new InvalidArgumentError('A day is written YYYY-MM-DD.');
}

interface ImportOptions extends commands.JsonFlag {
  readonly rail?: RailId;
  readonly passwordEnv?: string;
  readonly yes: boolean;
}

function addStatementVerbs(program: Command, deps: CliDeps, end: Outcome): void {
  const list = verbOf(program, {
    name: 'statements',
    does: 'list imported provider statements, or import one: statements import <file>',
    example: 'npx qmoi statements import november.pdf --rail mpesa',
  })
    .addOption(limitOption())
    .action(async (flags: commands.JsonFlag & { readonly limit: number }) =>
      end(await statements(deps, flags)),
    );

  verbOf(list, {
    name: 'import',
    does: 'show what a statement would change, and book it',
    example: 'npx qmoi statements import november.pdf --password-env STATEMENT_PASSWORD --yes',
  })
    .argument('<file>', 'CSV, Excel or PDF as the provider hands it out')
    .addOption(new Option('--rail <rail>', 'whose statement it is').choices([...railIds]))
    .option('--password-env <name>', 'the environment variable that holds its password')
    .option('--yes', 'do not ask before it is booked', false)
    .action(async (file: string, { rail, passwordEnv, yes, json }: ImportOptions) =>
      end(await importStatement(deps, { file, rail, passwordEnv, yes, json })),
    );

  verbOf(program, {
    name: 'reconcile',
    does: "compare a day's books, provider events and statement, and name every difference",
    example: 'npx qmoi reconcile --date 2026-11-24',
  })
    .addOption(new Option('--date <day>', 'YYYY-MM-DD; yesterday otherwise').argParser(parseDate))
    .addOption(new Option('--rail <rail>', 'of one rail only').choices([...railIds]))
    .action(async (flags: commands.JsonFlag & { readonly date?: string; readonly rail?: RailId }) =>
      end(await reconcile(deps, { json: flags.json, date: flags.date, rail: flags.rail })),
    );
}

function programFor(deps: CliDeps, end: Outcome): Command {
  const { terminal } = deps;
  const fit = terminal.unicode ? String : asciiOf;
  const program = new Command('qmoi')
    .description('The revenue engine for businesses that are paid by phone.')
    .version(deps.version)
    // A flag behind a verb is the verb's, also where the verb has verbs of its own.
    .enablePositionalOptions()
    .helpCommand('help [command]', 'how a command is used')
    .showHelpAfterError('Add --help to see how it is used.')
    .addHelpText('after', exampleOf('npm run revenue:start') + `\n${exitCodeHelp}`)
    .configureOutput({
      writeOut: (text) => terminal.write(fit(text)),
      writeErr: (text) => terminal.writeError(fit(text)),
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
      getOutHasColors: () => terminal.color,
      getErrHasColors: () => terminal.color,
    })
    // Before the verbs, which inherit it: the process is not ours to end.
    .exitOverride();
  addEngineVerbs(program, deps, end);
  addSetupVerbs(program, deps, end);
  addBookVerbs(program, deps, end);
  addWeatherVerbs(program, deps, end);
  addPayoutVerbs(program, deps, end);
  addStatementVerbs(program, deps, end);
  return program;
}

const helpCodes = ['commander.helpDisplayed', 'commander.version'];

/** The command line: reads flags, calls what it was given, and renders the answer. */
export const createCli = (deps: CliDeps): Cli => ({
  run: async (argv) => {
    let code: ExitCode = exitCodes.ok;
    const program = programFor(deps, (ended) => {
      code = ended;
    });
    try {
      await program.parseAsync([...argv], { from: 'user' });
      return code;
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      return helpCodes.includes(error.code) ? exitCodes.ok : exitCodes.usage;
    }
  },
});
