import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const mapped = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;

/** `::ffff:10.0.0.7` is 10.0.0.7 on a socket that listens to both families. */
const plain = (address: string): string => address.replace(mapped, '').replace(/%.*$/, '');

/** True for the machine itself. The caller vouches that the address is the connection's own. */
export function isLoopback(address: string): boolean {
  const family = isIP(plain(address));
  return family !== 0 && loopback.check(plain(address), family === 6 ? 'ipv6' : 'ipv4');
}

/**
 * Under which name a source's failures are counted. One household or server holds a whole IPv6 /64,
 * so counting single addresses would count nothing.
 */
export function sourceGroupOf(address: string): string {
  const text = plain(address).toLowerCase();
  const family = isIP(text);
  if (family !== 6) return family === 4 ? text : 'unknown';
  const [head = '', tail] = text.split('::');
  const start = groupsIn(head);
  const end = groupsIn(tail ?? '');
  const zeros = Array.from({ length: Math.max(0, 8 - start.length - end.length) }, () => '0');
  const groups = tail === undefined ? start : [...start, ...zeros, ...end];
  const prefix = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${prefix.join(':')}::/64`;
}

const groupsIn = (part: string): readonly string[] => (part === '' ? [] : part.split(':'));
