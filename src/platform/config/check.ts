import type { Config } from './config.ts';
import type { Facts } from './facts.ts';

export type Verdict = 'pass' | 'warn' | 'fail';

/** One line of `qmoi:validate`. */
export interface Check {
  readonly name: string;
  readonly verdict: Verdict;
  readonly cause: string;
  readonly fix?: string;
}

export interface Checked {
  readonly config: Config;
  readonly facts: Facts;
}

export const pass = (name: string, cause: string): Check => ({ name, verdict: 'pass', cause });

export interface Finding {
  readonly cause: string;
  readonly fix: string;
}

export const warn = (name: string, finding: Finding): Check => ({
  name,
  verdict: 'warn',
  ...finding,
});

export const fail = (name: string, finding: Finding): Check => ({
  name,
  verdict: 'fail',
  ...finding,
});
