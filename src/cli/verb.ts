import { type Command, InvalidArgumentError, Option } from 'commander';

import { pageLimitMax } from '#api/contract';

import type { ExitCode } from './deps.ts';

/** What verbs have in common. */

const listUsual = 20;

function parseLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > pageLimitMax) {
    throw new InvalidArgumentError(`It is a number from 1 to ${pageLimitMax}.`);
  }
  return limit;
}

export const limitOption = (): Option =>
  new Option('--limit <number>', `how many at most, up to ${pageLimitMax}`)
    .default(listUsual)
    .argParser(parseLimit);

export const exampleOf = (line: string): string => `\nExample:\n  ${line}`;

export type Outcome = (code: ExitCode) => void;

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
    .allowExcessArguments(false);
