import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createScratch, type Scratch } from '../../../test/support/scratch.ts';
import { findChromium } from './chromium.ts';

describe('the browser of the tests', () => {
  let scratch: Scratch;
  let browser: string;

  beforeAll(async () => {
    scratch = await createScratch();
    browser = join(scratch.path, 'google-chrome');
    await writeFile(browser, '', { mode: 0o755 });
    // Not a program.
    await writeFile(join(scratch.path, 'chromium'), '', { mode: 0o644 });
  });
  afterAll(() => scratch.remove());

  it('is the first program of a known name on the path', () => {
    const path = ['/nowhere', scratch.path].join(delimiter);
    expect(findChromium({ PATH: path })).toBe(browser);
  });

  it('is the one that is named, whatever is on the path', () => {
    expect(findChromium({ PATH: scratch.path, QMOI_CHROMIUM: '/opt/browser' })).toBe(
      '/opt/browser',
    );
  });

  it('may be missing', () => {
    expect(findChromium({ PATH: '/nowhere', QMOI_CHROMIUM: '' })).toBeUndefined();
    expect(findChromium({})).toBeUndefined();
  });
});
