import { Option, InvalidArgumentError, type Command } from 'commander';

import { railIds } from '#kernel';

import type { ExitCode } from './deps.ts';
import { pageLimitMax } from './limits.ts';

/** What verbs have in common. */

export type Outcome = (code: ExitCode) => void;

const listUsual = 20;

export const upTo =
  (max: number) =>
  (text: string): number => {
    const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
    if (number < 1 || number > max) {
      throw new InvalidArgumentError(`It is a number from 1 to ${max}.`);
    }
    return number;
  };

export const limitOption = (): Option =>
  new Option('--limit <number>', `how many at most, up to ${pageLimitMax}`)
    .default(listUsual)
    .argParser(upTo(pageLimitMax));

export function parseAmount(text: string): number {
  const digits = text.replaceAll(',', '');
  const amount = /^\d{1,10}$/.test(digits) ? Number(digits) : 0;
  if (amount < 1) throw new InvalidArgumentError('It is a whole number of shillings.');
  return amount;
}

export const railOption = (does: string): Option =>
  new Option('--rail <rail>', does).choices([...railIds]);

export const exampleOf = (line: string): string => `\nExample:\n  ${line}`;

/** The verb with what every verb has: `--json`, and an example in its help. */
export const verbOf = (
  program: Command,
  words: { readonly name: string; readonly does: string; readonly example: string },
): Command =>
  program
    .command(words.name)
    .description(words.does)
    .option('--json', 'answer one JSON document on standard output', false)
    .addHelpText('after', exampleOf(words.example))
    .allowExcessArguments(false)
    .enablePositionalOptions()
    // Said before a verb within this one, it is meant for that one too.
    .hook('preAction', (verb, asked) => {
      if (verb.opts()['json'] === true) asked.setOptionValue('json', true);
    });
