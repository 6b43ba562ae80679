import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createScratch, type Scratch } from '../support/scratch.ts';
import { isScreenDue } from '../../src/screen.ts';

const files = [
  'src/main.tsx',
  'src/pages/today/page.tsx',
  'public/icon.svg',
  'build/packed.ts',
  'index.html',
  'vite.config.ts',
] as const;
const builtAt = 2_000;

describe('the screen has to be built', () => {
  let scratch: Scratch;
  const write = async (path: string, atSeconds: number): Promise<void> => {
    const whole = join(scratch.path, path);
    await mkdir(join(whole, '..'), { recursive: true });
    await writeFile(whole, '');
    await utimes(whole, atSeconds, atSeconds);
  };

  beforeEach(async () => {
    scratch = await createScratch();
    for (const path of files) await write(path, builtAt - 1);
  });
  afterEach(() => scratch.remove());

  it('where it never was', async () => {
    expect(await isScreenDue(scratch.path)).toBe(true);
  });

  it('not again while nothing has changed', async () => {
    await write('dist/index.html', builtAt);
    expect(await isScreenDue(scratch.path)).toBe(false);
  });

  it.each(files)('when %s has changed since', async (path) => {
    await write('dist/index.html', builtAt);
    await write(path, builtAt + 1);
    expect(await isScreenDue(scratch.path)).toBe(true);
  });
});
