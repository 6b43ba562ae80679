import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '..', 'src', 'main.ts');

describe('compiled code', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'qmoi-home-'));
  });
  afterEach(() => {
    rmSync(home, { recursive: true, force: true });
  });

  const compiled = (): string => join(home, 'data', 'compiled');
  const runCommand = (env: Readonly<Record<string, string>> = {}): void => {
    const own = { PATH: process.env['PATH'], TMPDIR: home, QMOI_HOME: home, ...env };
    execFileSync(process.execPath, [main, '--version'], { env: own });
  };

  it('is kept beside the data, for its owner alone', () => {
    mkdirSync(join(home, 'data'));
    runCommand();
    expect(statSync(compiled()).mode & 0o777).toBe(0o700);
    const [version = ''] = readdirSync(compiled());
    expect(readdirSync(join(compiled(), version)).length).toBeGreaterThan(5);
  });

  it('is not kept before there are data, and never among temporary files', () => {
    runCommand();
    expect(readdirSync(home)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('is done without where nothing can be written', () => {
    mkdirSync(join(home, 'data'));
    chmodSync(join(home, 'data'), 0o500);
    runCommand();
    expect(readdirSync(join(home, 'data'))).toEqual([]);
  });

  it('goes where NODE_COMPILE_CACHE says', () => {
    mkdirSync(join(home, 'data'));
    runCommand({ NODE_COMPILE_CACHE: join(home, 'elsewhere') });
    expect(existsSync(join(home, 'elsewhere'))).toBe(true);
    expect(existsSync(compiled()) ? readdirSync(compiled()) : []).toEqual([]);
  });
});
