import { expect, it } from 'vitest';

import { configurationOf } from './settings.ts';

const machine = { memoryBytes: 8e9, diskFreeBytes: 100e9 };
const folders = { socket: '/data/socket', log: '/data/log' };

it('never weakens what makes a commit last', () => {
  const text = configurationOf({}, folders, machine);
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
    expect(text).toContain(`\n${name} = 'on'\n`);
  expect(text).toContain("\nlisten_addresses = ''\n");
});

it.each(['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses'])(
  'does not take %s for a parameter like others',
  (name) => {
    expect(() => configurationOf({ parameters: { [name]: 'off' } }, folders, machine)).toThrow(
      'durability',
    );
  },
);

it('quotes folders for a list inside a quoted value', () => {
  const text = configurationOf({}, { ...folders, socket: `/it's a "shop", isn't it` }, machine);
  expect(text).toContain(`unix_socket_directories = '"/it''s a ""shop"", isn''t it"'`);
});

it.each([
  { memoryBytes: 512e6, diskFreeBytes: 5e9, buffers: 128, wal: 1_024 },
  { memoryBytes: 8e9, diskFreeBytes: 100e9, buffers: 762, wal: 1_907 },
  { memoryBytes: 64e9, diskFreeBytes: 2e12, buffers: 2_048, wal: 4_096 },
])('sizes the server by its machine: $buffers MB, $wal MB', ({ buffers, wal, ...facts }) => {
  const text = configurationOf({}, folders, facts);
  expect(text).toContain(`\nshared_buffers = '${buffers}MB'\n`);
  expect(text).toContain(`\nmax_wal_size = '${wal}MB'\nmin_wal_size = '${wal}MB'\n`);
});

it('keeps throw-away databases small, and adds what the operator wants', () => {
  const small = configurationOf({ durability: 'none' }, folders, machine);
  expect(small).toContain("\nshared_buffers = '128MB'\n");
  const wishes = { walMb: 3072, parameters: { archive_mode: 'on' } };
  const text = configurationOf(wishes, folders, machine);
  expect(text).toContain("min_wal_size = '3072MB'");
  expect(text).toContain("archive_mode = 'on'");
});
