import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lint, type LintReport } from './linter.ts';
import { root } from './sources.ts';

const longFunction = (lines: number): string =>
  `export function long(): void {\n${'  void 0;\n'.repeat(lines - 2)}}`;

/** Rule, file and a text that breaks it. */
const broken: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['no-default-export', 'src/ledger/default.ts', 'export default 1;'],
  ['prefer-node-protocol', 'src/cli/bare.ts', "import { sep } from 'path';\nexport const s = sep;"],
  ['ban-ts-comment', 'src/ledger/ignore.ts', '// @ts-ignore\nexport const x = 1;'],
  ['no-explicit-any', 'src/ledger/any.ts', 'export const x = (value: any): unknown => value;'],
  ['no-non-null-assertion', 'src/ledger/bang.ts', 'export const x = (y?: number) => y!;'],
  [
    'no-floating-promises',
    'src/ledger/float.ts',
    'export const f = (): void => {\n  g();\n};\nconst g = async (): Promise<void> => {};',
  ],
  ['only-throw-error', 'src/ledger/throw.ts', "export const f = (): never => {\n  throw 'no';\n};"],
  [
    'strict-boolean-expressions',
    'src/ledger/truthy.ts',
    'export const f = (s: string) => (s ? 1 : 2);',
  ],
  [
    'switch-exhaustiveness-check',
    'src/ledger/switch.ts',
    "export function f(s: 'a' | 'b'): void {\n  switch (s) {\n    case 'a':\n      break;\n  }\n}",
  ],
  ['no-console', 'src/ledger/print.ts', "console.log('money');"],
  ['max-lines', 'src/ledger/file.ts', 'void 0;\n'.repeat(401)],
  ['max-lines', 'src/ledger/file.test.ts', 'void 1;\n'.repeat(601)],
  ['max-lines-per-function', 'src/ledger/function.ts', longFunction(71)],
  ['max-lines-per-function', 'src/ledger/store.ts', longFunction(251)],
  ['max-lines-per-function', 'src/ledger/posting/worker.ts', longFunction(251)],
  [
    'max-params',
    'src/ledger/params.ts',
    'export const f = (a: 1, b: 2, c: 3, d: 4) => [a, b, c, d];',
  ],
  ['no-restricted-globals', 'src/ledger/date.ts', 'export const now = (): Date => new Date();'],
  ['no-restricted-globals', 'src/ledger/timer.ts', 'globalThis.setTimeout(() => {}, 1);'],
  ['no-restricted-globals', 'simulators/mpesa/timer.ts', 'setInterval(() => {}, 1);'],
  ['no-restricted-globals', 'test/e2e/sleep.test.ts', 'setTimeout(() => {}, 1);'],
  ['no-restricted-properties', 'src/ledger/chance.ts', 'export const x = Math.random();'],
  [
    'no-restricted-properties',
    'src/ledger/temporal.ts',
    'export const x = Temporal.Now.instant();',
  ],
  [
    'no-focused-tests',
    'src/ledger/only.test.ts',
    "import { it } from 'vitest';\nit.only('x', () => {});",
  ],
  [
    'Unused',
    'src/ledger/directive.ts',
    '// oxlint-disable-next-line no-console -- once\nexport const x = 1;',
  ],
];

const lawful: Readonly<Record<string, string>> = {
  'src/kernel/clock.ts': 'export const now = (): number => Date.now();',
  'src/cli/print.ts': "console.log('started');",
  'src/ledger/fits.ts': longFunction(70),
  'src/ledger/service.ts': longFunction(250),
  'simulators/mpesa/main.ts': 'export const now = (): number => Date.now();\nconsole.log(now());',
  'src/ledger/dates.test.ts': "export const at = new Date('2026-01-01');",
};

let tree = '';
let report: LintReport;

const found = (file: string): readonly string[] =>
  report.findings.filter((finding) => finding.file === file).map(({ rule, text }) => rule + text);

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'lint-rules-'));
  cpSync(join(root, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
  const compilerOptions = { strict: true, target: 'es2024', module: 'nodenext', types: [] };
  writeFileSync(join(tree, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const written = [...broken.map(([, ...file]) => file), ...Object.entries(lawful)];
  for (const [path, text] of written) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), `${text}\n`);
  }
  report = lint(tree, ['--type-aware']);
});
afterAll(() => rmSync(tree, { recursive: true, force: true }));

it.each(broken)('%s is reported in %s', (rule, file) => {
  expect(found(file).filter((text) => text.includes(rule))).not.toEqual([]);
});

it.each(Object.keys(lawful))('nothing is reported in %s', (file) => {
  expect(found(file)).toEqual([]);
});
