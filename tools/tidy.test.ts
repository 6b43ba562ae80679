import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countAssertions, reviewedAssertions } from './assertions.ts';
import { modules } from './boundaries.ts';
import { picturePaths, readSource, root, sourcePaths } from './sources.ts';
import { bans, brokenLinks, changelogGaps, declarationAround, readmeGaps, untidy } from './tidy.ts';

const sources = sourcePaths().map(readSource);
const texts = new Map(sources.map(({ path, text }) => [path, text]));

describe('the project', () => {
  it('is read whole', () => {
    expect(texts.has('src/kernel/index.ts')).toBe(true);
    expect(texts.has('package-lock.json')).toBe(true);
    expect(texts.has('tools/tidy.test.ts')).toBe(true);
  });

  it('has nothing on the list of bans', () => {
    expect(untidy(sources)).toEqual([]);
  });

  it.each(modules.filter((name) => existsSync(join(root, 'src', name))))(
    'says in src/%s/README.md what the module is for',
    (module) => {
      expect(readmeGaps(module, texts.get(`src/${module}/README.md`))).toEqual([]);
    },
  );

  it('has no link that leads nowhere', () => {
    const pages = sources.filter(({ path }) => path.endsWith('.md'));
    const there = new Map([...texts, ...picturePaths().map((path) => [path, ''] as const)]);
    expect(pages.flatMap((page) => brokenLinks(page, there))).toEqual([]);
  });

  it('keeps a changelog for the operator', () => {
    expect(changelogGaps(texts.get('CHANGELOG.md') ?? '')).toEqual([]);
  });

  it('names its two first commands in the README', () => {
    const readme = texts.get('README.md') ?? '';
    expect(readme).toContain('npm ci && npm run revenue:start');
    expect(readme).toContain('npm ci && npm test');
  });

  it('asserts types in parse functions and in reviewed places only', () => {
    expect(countAssertions()).toEqual(reviewedAssertions);
  });

  it('has a lock file that names every optional part of its packages', () => {
    const lock = JSON.parse(texts.get('package-lock.json') ?? '{}');
    expect(missingFromLock(lock.packages)).toEqual([]);
  });
});

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Without its entry in the lock a platform's binding is not installed by `npm ci` elsewhere. */
function missingFromLock(packages: Readonly<Record<string, LockedPackage>>): readonly string[] {
  const present = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !present.has(name))
      .map((name) => `${path} needs ${name}`),
  );
}

it('misses a binding that the lock does not name', () => {
  const packages = { 'node_modules/a': { optionalDependencies: { 'a-linux': '1', b: '2' } } };
  expect(missingFromLock({ ...packages, 'node_modules/b': {} })).toEqual([
    'node_modules/a needs a-linux',
  ]);
});

/** Ban, a path, a text it catches there, and one it lets pass. */
const samples: readonly (readonly [ban: string, path: string, bad: string, good: string])[] = [
  ['unfinished work', 'src/a.ts', '// TODO later', '// done'],
  ['unfinished work', 'docs/a.md', 'This is not implemented.', 'const TODOS = 1;'],
  ['a test skipped, singled out or promised', 'a.test.ts', 'it.only(', 'it.each('],
  ['a test skipped, singled out or promised', 'a.test.ts', 'describe.skip(', 'only.it('],
  ['a wildcard re-export', 'src/a/index.ts', "export * from './b.ts';", "export { b } from 'b';"],
  ['a wildcard re-export', 'src/a/index.ts', "export * as b from './b.ts';", 'a * b'],
  [
    'a lint rule silenced without a reason',
    'src/a.ts',
    '// oxlint-disable-next-line no-console',
    '// oxlint-disable-next-line no-console -- the terminal is its output',
  ],
  ['a lint rule silenced without a reason', 'src/a.ts', '// eslint-disable', '// enabled'],
  ['a path of one machine', 'docs/a.md', 'see /home/amina/qmoi/x', 'see src/home/amina/x'],
  ['a path of one machine', 'src/a.ts', "open('/root/data')", "open('/api/root/data')"],
  ['the address of a package registry', 'package-lock.json', '"resolved": "x"', '"version": "1"'],
  ['the address of a package registry', '.npmrc', 'registry=http://10.0.0.1/', 'fund=false'],
  ['a secret', 'src/a.ts', `AKIA${'A'.repeat(16)}`, 'AKIA'],
  ['a secret', 'src/a.pem', `-----BEGIN PRIVATE KEY-----\n${'A'.repeat(48)}`, 'BEGIN'],
  ['a line over 100 columns', 'src/a.ts', 'x'.repeat(101), 'ü'.repeat(100)],
  ['a line over 100 columns', 'migrations/a.sql', 'x'.repeat(101), `https://${'x'.repeat(100)}`],
  ['thrown text', 'src/a.ts', "throw 'no'", "throw new Error('no')"],
  ['an enum or namespace', 'src/a.ts', 'export const enum State {', "type Enum = 'a'"],
];

describe('the bans', () => {
  it.each(samples)('%s is seen in %s: %s', (...sample) => {
    const [name, path, bad, good] = sample;
    const ban = bans.find((candidate) => candidate.name === name);
    expect(ban?.appliesTo(path)).toBe(true);
    expect(ban?.find({ path, text: `first\n${bad}\n` })).not.toEqual([]);
    expect(ban?.find({ path, text: `first\n${good}\n` })).toEqual([]);
  });

  it.each(['src/utils/money.ts', 'src/ledger/date-helpers.ts', 'src/common.ts', 'a/Manager.ts'])(
    'a file or folder named after nothing is seen in %s',
    (path) => expect(untidy([{ path, text: '' }])).toHaveLength(1),
  );

  it('has a sample for every ban', () => {
    const sampled = new Set([...samples.map(([name]) => name), bans[0]?.name]);
    expect(bans.filter(({ name }) => !sampled.has(name))).toEqual([]);
  });
});

describe('readmes, links and the changelog', () => {
  it('misses a heading and a file', () => {
    const text = '# A\n## Owns\n**Leaves to others.** B\n```\n## Its clocks\n```\n## Always true\n';
    expect(readmeGaps('a', text)).toEqual(['src/a/README.md has no "Its clocks"']);
    expect(readmeGaps('a', undefined)).toHaveLength(1);
  });

  it.each([
    ['b.md', []],
    ['./b.md#two-words', []],
    ['../src', []],
    ['https://example.com/x', []],
    ['c.md', ['docs/a.md: the link c.md leads nowhere']],
    ['b.md#three', ['docs/a.md: the link b.md#three leads nowhere']],
  ])('follows %s', (target, expected) => {
    const page = { path: 'docs/a.md', text: `[x](${target})` };
    const all = new Map([
      ['docs/b.md', '# Two words'],
      ['src/x.ts', ''],
    ]);
    expect(brokenLinks(page, all)).toEqual(expected);
  });

  it.each([
    ['## 1.0\n### Money and safety\n- x\n### Upkeep\n', 0],
    ['## 1.0\n### New\n### Money and safety\n', 1],
    ['## 1.0\n### Fixes\n', 1],
    ['## 1.0\n- x\n', 1],
    ['# Changelog\n', 1],
  ])('reads the changelog %j', (text, gaps) => {
    expect(changelogGaps(text)).toHaveLength(gaps);
  });

  it.each([
    [1, 'parseA'],
    [2, 'parseA'],
    [4, 'b'],
    [6, 'c'],
  ])('names the declaration around line %i', (line, name) => {
    const text =
      'export function parseA() {\n  const x = 1;\n}\nconst b = 2;\nasync function c() {\n';
    expect(declarationAround(text, line)).toBe(name);
  });
});
