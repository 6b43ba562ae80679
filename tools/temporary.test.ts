import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { temporaryRoot } from './temporary.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'temporary-'));
  vi.stubEnv('TMPDIR', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('is the folder in memory where there is room, and leaves no trace of having looked', () => {
  expect(temporaryRoot({ folder, bytesMin: 1 })).toBe(folder);
  expect(readdirSync(folder)).toEqual([]);
});

it.each([
  ['there is too little room', () => ({ folder, bytesMin: 2 ** 60 })],
  ['there is no such folder', () => ({ folder: join(folder, 'none'), bytesMin: 1 })],
])('is where temporary files always were where %s', (_, place) => {
  expect(temporaryRoot(place())).toBe(tmpdir());
});

it('is where TMPDIR says', () => {
  vi.stubEnv('TMPDIR', '/somewhere/else');
  expect(temporaryRoot({ folder, bytesMin: 1 })).toBe('/somewhere/else');
});
