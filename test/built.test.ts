import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { pathToFileURL } from 'node:url';

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { type BuildRecord, builtPrograms, recordName, stampOf } from '../src/built.ts';
import { buildPrograms } from '../tools/build.ts';
import { root } from '../tools/sources.ts';

const at = new Date('2026-11-27T09:00:00.250Z');

describe('what was built', () => {
  let home: string;
  const source = (): string => join(home, 'main.ts');
  const record = (): string => join(home, 'built', recordName);
  const found = () => builtPrograms({ root: home, folder: 'built' });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'qmoi-built-'));
    mkdirSync(join(home, 'built'));
    writeFileSync(source(), 'one');
    utimesSync(source(), at, at);
    const written: BuildRecord = {
      programs: { 'main.ts': 'main.js' },
      files: { 'main.ts': stampOf(source()) },
    };
    writeFileSync(record(), JSON.stringify(written));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  it('is run while its sources are what they were', () => {
    expect([...found()]).toEqual([['main.ts', join(home, 'built', 'main.js')]]);
  });

  it('is run where only whole seconds of a time were kept', () => {
    const kept = new Date(Math.floor(at.getTime() / 1_000) * 1_000);
    utimesSync(source(), kept, kept);
    expect(found().size).toBe(1);
  });

  it.each([
    ['a source was changed later', () => utimesSync(source(), new Date(), new Date())],
    [
      'a source was put in whose time is earlier',
      () => utimesSync(source(), new Date(0), new Date(0)),
    ],
    [
      'a source has another length at the same time',
      () => {
        writeFileSync(source(), 'three');
        utimesSync(source(), at, at);
      },
    ],
    ['a source is gone', () => rmSync(source())],
    ['building was broken off', () => rmSync(record())],
    ['its record is damaged', () => writeFileSync(record(), '{"programs":')],
    ['its record says something else', () => writeFileSync(record(), '{}')],
  ])('is left alone where %s', (_, change) => {
    change();
    expect(found()).toEqual(new Map());
  });
});

describe('building', () => {
  // It lies beside what users have, so that it finds the same packages.
  const folder = `built-${pid}`;
  beforeAll(() => buildPrograms(folder));
  afterAll(() => {
    rmSync(join(root, folder), { recursive: true, force: true });
  });

  it('makes programs that run as their sources do', () => {
    const program = builtPrograms({ root, folder }).get('src/command-line.ts') ?? '';
    const answerOf = (path: string): string =>
      execFileSync(
        process.execPath,
        ['--input-type=module', '--eval', `await (await import('${path}')).main()`, '-', '--help'],
        { encoding: 'utf8' },
      );
    const [built, plain] = [program, join(root, 'src/command-line.ts')];
    const said = answerOf(pathToFileURL(built).href);
    expect(said).toContain('trace');
    expect(said).toBe(answerOf(pathToFileURL(plain).href));
  });

  it('makes every program it names', () => {
    const programs = [...builtPrograms({ root, folder }).values()];
    expect(programs.length).toBeGreaterThan(3);
    expect(programs.filter((path) => !existsSync(path))).toEqual([]);
  });

  it('knows what went into them: sources, and which packages', () => {
    const { files } = JSON.parse(
      readFileSync(join(root, folder, recordName), 'utf8'),
    ) as BuildRecord;
    expect(Object.keys(files)).toContain('src/platform/db/migrate.ts');
    expect(Object.keys(files)).toContain('package-lock.json');
  });
});
