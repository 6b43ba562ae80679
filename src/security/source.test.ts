import { describe, expect, it } from 'vitest';

import { isLoopback, sourceGroupOf } from './source.ts';

describe('sources', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.10', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['::2', false],
    ['localhost', false],
    ['127.0.0.1, 10.0.0.1', false],
    ['', false],
  ])('%j is the machine itself: %j', (address, expected) => {
    expect(isLoopback(address)).toBe(expected);
  });

  it.each([
    ['196.201.214.200', '196.201.214.200'],
    ['::ffff:196.201.214.200', '196.201.214.200'],
    ['2001:db8:12:34:a:b:c:d', '2001:db8:12:34::/64'],
    ['2001:0DB8:0012:0034::9', '2001:db8:12:34::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['*', 'unknown'],
    ['', 'unknown'],
  ])('%j is counted as %j', (address, group) => {
    expect(sourceGroupOf(address)).toBe(group);
  });
});
