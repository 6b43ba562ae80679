import type { Source } from './sources.ts';

/** A habit that is not wanted here, how to see it, and what to do instead. */
export interface Ban {
  readonly name: string;
  readonly instead: string;
  readonly appliesTo: (path: string) => boolean;
  /** The offending places of one file, short enough to print. */
  readonly find: (source: Source) => readonly string[];
}

const code = /\.(ts|tsx|cjs|mjs|js)$/;
const isCode = (path: string): boolean => code.test(path);
const isTest = (path: string): boolean => /\.test\.ts$|^test\/|test-kit\.ts$/.test(path);
const everywhere = (): boolean => true;
// They spell what they ban.
const spellsTheBans = (path: string): boolean => /^tools\/tidy(\.test)?\.ts$/.test(path);

const matching =
  (pattern: RegExp): Ban['find'] =>
  ({ text }) =>
    text
      .split('\n')
      .flatMap((line, n) => (pattern.test(line) ? [`${n + 1}: ${line.trim().slice(0, 100)}`] : []));

const bannedWords = new Set([
  'common',
  'helper',
  'helpers',
  'manager',
  'managers',
  'misc',
  'util',
  'utils',
]);
const wordsOf = (path: string): readonly string[] =>
  path.split('/').flatMap((part) => part.toLowerCase().split(/[.\-_]/));

const lineMax = 100;
// A link cannot be broken in two, nor can a list of classes or a sentence that is translated.
const longLink = /https?:\/\/\S{40,}/;
const longString = /(["'`])(?:(?!\1).){50,}\1/;
const ofTheScreen = /^dashboard\/src\//;
const tooLong: Ban['find'] = ({ path, text }) =>
  text.split('\n').flatMap((line, n) => {
    const isBreakable = !longLink.test(line) && !(ofTheScreen.test(path) && longString.test(line));
    return [...line].length > lineMax && isBreakable ? [`${n + 1}: ${[...line].length}`] : [];
  });

const tokenShapes = [
  'AKIA[0-9A-Z]{16}',
  'gh[pousr]_[A-Za-z0-9]{36}',
  'xox[abprs]-[A-Za-z0-9-]{20,}',
  'sk_live_[A-Za-z0-9]{16,}',
  'hooks\\.slack\\.com/services/T[A-Z0-9]+/B[A-Z0-9]+/[A-Za-z0-9]{20,}',
  'AGE-SECRET-KEY-1[0-9A-Z]{40,}',
  'eyJ[A-Za-z0-9_-]{20,}\\.eyJ[A-Za-z0-9_-]{20,}\\.[A-Za-z0-9_-]{20,}',
];
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----(\s|\\n)*[A-Za-z0-9+/=]{40}/;
const secrets: Ban['find'] = (source) => [
  ...matching(new RegExp(tokenShapes.join('|')))(source),
  ...(privateKey.test(source.text) ? ['a private key'] : []),
];

export const bans: readonly Ban[] = [
  {
    name: 'a file or folder named after nothing',
    instead: 'name it after the idea it holds',
    appliesTo: isCode,
    find: ({ path }) => wordsOf(path).filter((word) => bannedWords.has(word)),
  },
  {
    name: 'unfinished work',
    instead: 'finish it, or say in docs/decisions why it is not there',
    appliesTo: everywhere,
    find: matching(/\b(TODO|FIXME|XXX|HACK)\b|\bnot implemented\b/),
  },
  {
    name: 'a test skipped, singled out or promised',
    instead: 'make it run, or remove it',
    appliesTo: isCode,
    find: matching(/\b(it|test|describe|suite)(\.(concurrent|sequential))?\.(skip|only|todo)\b/),
  },
  {
    name: 'a wildcard re-export',
    instead: 'a door names what it hands out',
    appliesTo: (path) => isCode(path),
    find: matching(/^\s*export\s+(type\s+)?\*/),
  },
  {
    name: 'a lint rule silenced without a reason',
    instead: 'write `-- reason` after the rule, and name the rule',
    appliesTo: isCode,
    find: matching(/(ox|es)lint-disable(-next-line|-line)?(?!.*[a-z]\S* -- \S)/),
  },
  {
    name: 'a path of one machine',
    instead: 'start from import.meta.dirname or os.tmpdir()',
    appliesTo: everywhere,
    find: matching(
      /(^|[^a-zA-Z0-9_.\-/])\/(work|farm|root|home\/[a-z][\w-]*|Users\/[A-Za-z][\w-]*)\//,
    ),
  },
  {
    name: 'the address of a package registry',
    instead: 'leave it to the npm configuration of whoever installs',
    appliesTo: everywhere,
    find: matching(/"resolved":|registry\.(npmjs|npmmirror|yarnpkg)|\b_authToken\b|^registry=/),
  },
  {
    name: 'a secret',
    instead: 'make it when the test runs, and revoke this one',
    appliesTo: everywhere,
    find: secrets,
  },
  {
    name: `a line over ${lineMax} columns`,
    instead: 'break it',
    // docs/schema.sql is written by a tool.
    appliesTo: (path) => code.test(path) || /^migrations\/.*\.sql$/.test(path),
    find: tooLong,
  },
  {
    name: 'thrown text',
    instead: 'throw an Error for a defect, return a Result for a refusal',
    appliesTo: (path) => isCode(path) && !isTest(path),
    find: matching(/\bthrow\s+['"`]/),
  },
  {
    name: 'an enum or namespace',
    instead: 'a union of literals, or an `as const` table; types are stripped, not compiled',
    appliesTo: isCode,
    find: matching(/^\s*(export\s+)?(declare\s+)?(const\s+)?(enum|namespace)\s+[A-Z]/),
  },
];

/** Everything the bans find in these files, as lines for people. */
export const untidy = (sources: readonly Source[]): readonly string[] =>
  sources
    .filter((source) => !spellsTheBans(source.path))
    .flatMap((source) => bans.flatMap((ban) => offences(ban, source)));

const offences = (ban: Ban, source: Source): readonly string[] =>
  ban.appliesTo(source.path)
    ? ban.find(source).map((at) => `${source.path}:${at} — ${ban.name}: ${ban.instead}`)
    : [];

/** The README of a module answers four questions, each under its heading or lead-in. */
const headings = ['Owns', 'Leaves to others', 'Its clocks', 'Always true'];

/** What a module's README lacks; undefined text means there is none. */
export function readmeGaps(module: string, text: string | undefined): readonly string[] {
  if (text === undefined) return [`src/${module}/README.md is missing`];
  const leadIns = [...prose(text).matchAll(/^\*\*(.+?)\.\*\*/gm)].map((match) => match[1]);
  const present = new Set([...headingsOf(text), ...leadIns]);
  return headings
    .filter((heading) => !present.has(heading))
    .map((heading) => `src/${module}/README.md has no "${heading}"`);
}

const fence = /^(```|~~~)[\s\S]*?^\1/gm;
const prose = (markdown: string): string => markdown.replaceAll(fence, '');
const headingsOf = (markdown: string): readonly string[] =>
  [...prose(markdown).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)].map((match) => match[1] ?? '');

/** `## Money and safety` → `money-and-safety`, as the common web views make anchors. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

/** Links of one page that lead nowhere inside the project; the web is not asked. */
export function brokenLinks(page: Source, all: ReadonlyMap<string, string>): readonly string[] {
  const links = [...prose(page.text).matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)];
  return links
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere({ page, target, all }))
    .map((target) => `${page.path}: the link ${target} leads nowhere`);
}

interface Link {
  readonly page: Source;
  readonly target: string;
  readonly all: ReadonlyMap<string, string>;
}

function leadsSomewhere({ page, target, all }: Link): boolean {
  const url = new URL(target, `file:///${page.path}`);
  const path = decodeURIComponent(url.pathname.slice(1)).replace(/\/$/, '');
  const text = all.get(path);
  if (text === undefined) return [...all.keys()].some((other) => other.startsWith(`${path}/`));
  return url.hash === '' || headingsOf(text).map(anchorOf).includes(url.hash.slice(1));
}

const changeSections = ['Money and safety', 'New', 'Upkeep'];

/** The changelog is written for the operator: in each release, what touches money comes first. */
export function changelogGaps(text: string): readonly string[] {
  const releases = prose(text).split(/^## /m).slice(1);
  if (releases.length === 0) return ['CHANGELOG.md names no release'];
  return releases.flatMap((release) => {
    const [name = ''] = release.split('\n');
    const sections = [...release.matchAll(/^### (.+?)\s*$/gm)].map((match) => match[1] ?? '');
    const expected = changeSections.filter((section) => sections.includes(section));
    return sections.length > 0 && sections.join() === expected.join()
      ? []
      : [`CHANGELOG.md, ${name.trim()}: only ${changeSections.join(', ')}, in this order`];
  });
}

/** The top-level declaration around a line: the formatter puts no other in the first column. */
export function declarationAround(text: string, line: number): string {
  const above = text.split('\n').slice(0, line).toReversed();
  const start = /^(?:export )?(?:async )?(?:const|let|function\*?|class|type|interface) (\w+)/;
  for (const candidate of above) {
    const name = start.exec(candidate)?.[1];
    if (name !== undefined) return name;
  }
  return '';
}
