import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './sources.ts';

/** What the linter said about one place. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly rule: string;
  readonly text: string;
}

export interface LintReport {
  readonly filesRead: number;
  readonly findings: readonly Finding[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const field = (value: unknown, name: string): unknown =>
  isRecord(value) ? value[name] : undefined;
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function parseFinding(diagnostic: unknown): Finding {
  const [label] = listOf(field(diagnostic, 'labels'));
  return {
    file: textOf(field(diagnostic, 'filename')).replaceAll('\\', '/'),
    line: numberOf(field(field(label, 'span'), 'line')),
    rule: textOf(field(diagnostic, 'code')),
    text: `${textOf(field(diagnostic, 'message'))} ${textOf(field(diagnostic, 'help'))}`,
  };
}

export const binary = (name: string): string => join(root, 'node_modules', '.bin', name);

/** Runs a program and answers what it printed, however it ended. */
export function printedBy(name: string, args: readonly string[], folder: string): string {
  try {
    return execFileSync(binary(name), args, {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    return `${textOf(field(error, 'stdout'))}${textOf(field(error, 'stderr'))}`;
  }
}

/** Runs the linter in a folder, by the configuration found there unless `args` name another. */
export function lint(folder: string, args: readonly string[] = []): LintReport {
  const report: unknown = JSON.parse(printedBy('oxlint', ['--format=json', ...args], folder));
  return {
    filesRead: numberOf(field(report, 'number_of_files')),
    findings: listOf(field(report, 'diagnostics')).map(parseFinding),
  };
}
