import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** A file of the project: its path from the root with forward slashes, and its text. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

const folders = [
  '.ci',
  '.github',
  'bench',
  'dashboard',
  'docs',
  'migrations',
  'simulators',
  'src',
  'test',
  'tools',
];
const textFile = /\.(ts|tsx|cjs|mjs|js|json|sql|md|yml|yaml|sh|html|css)$|(^|\/)[^./]+$/;
const notOurs = /(^|\/)(node_modules|coverage|dist|data|logs)\//;

const slashed = (path: string): string => relative(root, path).split(sep).join('/');

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => slashed(join(entry.parentPath, entry.name)));

/** Paths of every text file of the project, without asking git: an archive has no repository. */
export function sourcePaths(): readonly string[] {
  const top = readdirSync(root, { withFileTypes: true });
  const there = new Set(top.filter((entry) => entry.isDirectory()).map((entry) => entry.name));
  return top
    .filter((entry) => entry.isFile() && !/^\.env|\.log$|^targets\.json$/.test(entry.name))
    .map((entry) => entry.name)
    .concat(folders.filter((name) => there.has(name)).flatMap(filesBelow))
    .filter((path) => textFile.test(path) && !notOurs.test(path))
    .toSorted();
}

/** What pages show: nothing to be read, but a link to it leads somewhere. */
export const picturePaths = (): readonly string[] =>
  filesBelow('docs').filter((path) => path.endsWith('.png'));

export const readSource = (path: string): Source => ({
  path,
  text: readFileSync(join(root, path), 'utf8'),
});
