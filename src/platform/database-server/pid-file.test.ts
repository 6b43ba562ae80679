import { expect, it } from 'vitest';

import { createWallClock } from '#kernel';

import { occupantOf, parsePidFile } from './pid-file.ts';

const whole = '4711\n/data/cluster\n1795411727\n5432\n/data/socket\n\n  51 7\nready   \n';

it.each([
  [
    whole,
    { pid: 4711, startedAt: 1_795_411_727_000, socketFolder: '/data/socket', status: 'ready' },
  ],
  // Cut off where a killed server stopped writing.
  ['4711\n/data/cluster\n', { pid: 4711, startedAt: 0, socketFolder: '', status: '' }],
  // A single-user server.
  ['-4711\n', { pid: 4711, startedAt: 0, socketFolder: '', status: '' }],
  ['', undefined],
  ['nonsense\n', undefined],
])('reads %j', (text, expected) => {
  expect(parsePidFile(text)).toStrictEqual(expected);
});

it('does not take a living process for a server', async () => {
  expect(await occupantOf(createWallClock(), process.pid, '/data/cluster')).toBe('stranger');
});

it('knows that a process is gone', async () => {
  // Above the kernel's limit of 2^22, so no process can have it.
  expect(await occupantOf(createWallClock(), 4_194_305, '/data/cluster')).toBe('gone');
});
