import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { lastLines, memoryNow, sizeOf, spaceOf } from './machine.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'qmoi-machine-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = (text: string): string => {
  const file = path.join(folder, 'some.log');
  writeFileSync(file, text);
  return file;
};

describe('the last lines of a file', () => {
  const few = { linesMax: 5, bytesMax: 100 };
  it.each([
    { name: 'all of a short one', text: 'one\ntwo\n', limits: few, lines: ['one', 'two'] },
    {
      name: 'as many as are asked for',
      text: 'one\ntwo\nthree\n',
      limits: { ...few, linesMax: 2 },
      lines: ['two', 'three'],
    },
    {
      name: 'whole ones only',
      text: 'a long first line\nsecond\n',
      limits: { ...few, bytesMax: 10 },
      lines: ['second'],
    },
    { name: 'one still being written', text: 'one\ntw', limits: few, lines: ['one', 'tw'] },
    { name: 'none of an empty one', text: '', limits: few, lines: [] },
  ])('are $name', async ({ text, limits, lines }) => {
    expect(await lastLines(fileOf(text), limits)).toEqual(lines);
  });

  it('are none where there is no file', async () => {
    expect(await lastLines(path.join(folder, 'nowhere'), few)).toEqual([]);
  });
});

describe('what a machine has', () => {
  it('is told of a folder and its disk, and not where there is none', async () => {
    const space = await spaceOf(folder);
    expect(space?.totalBytes).toBeGreaterThan(0);
    expect(space?.freeBytes).toBeLessThanOrEqual(space?.totalBytes ?? 0);
    expect(await spaceOf(path.join(folder, 'nowhere'))).toBeUndefined();
    expect(await sizeOf(fileOf('12345'))).toMatchObject({ bytes: 5 });
    expect(await sizeOf(path.join(folder, 'nowhere'))).toBeUndefined();
  });

  it('is told of memory, in bytes that fit into each other', () => {
    const { ownBytes, freeBytes, totalBytes } = memoryNow();
    expect(ownBytes).toBeGreaterThan(1024 * 1024);
    expect(totalBytes).toBeGreaterThan(ownBytes);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });
});
