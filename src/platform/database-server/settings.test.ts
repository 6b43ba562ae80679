import { expect, it } from 'vitest';

import { configurationOf } from './settings.ts';

const folders = { socket: '/data/socket', log: '/data/log' };

it('never weakens what makes a commit last', () => {
  const text = configurationOf({}, folders);
  for (const name of ['fsync', 'synchronous_commit', 'full_page_writes'])
    expect(text).toContain(`\n${name} = 'on'\n`);
  expect(text).toContain("\nlisten_addresses = ''\n");
});

it.each(['fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses'])(
  'does not take %s for a parameter like others',
  (name) => {
    expect(() => configurationOf({ parameters: { [name]: 'off' } }, folders)).toThrow('durability');
  },
);

it('quotes folders for a list inside a quoted value', () => {
  const text = configurationOf({}, { ...folders, socket: `/it's a "shop", isn't it` });
  expect(text).toContain(`unix_socket_directories = '"/it''s a ""shop"", isn''t it"'`);
});

it.each([9, 26, Number.NaN])('refuses %d %% of memory', (memoryPercent) => {
  expect(() => configurationOf({ memoryPercent }, folders)).toThrow('between 10 and 25');
});

it('gives the cache a share of memory, and adds what the operator wants', () => {
  const buffers = (percent: number): number => {
    const text = configurationOf({ memoryPercent: percent }, folders);
    return Number(/shared_buffers = '(\d+)MB'/.exec(text)?.[1]);
  };
  expect(buffers(25)).toBeGreaterThanOrEqual(buffers(10));
  expect(buffers(10)).toBeGreaterThanOrEqual(128);
  const text = configurationOf({ walMb: 3072, parameters: { archive_mode: 'on' } }, folders);
  expect(text).toContain("min_wal_size = '3072MB'");
  expect(text).toContain("archive_mode = 'on'");
});
