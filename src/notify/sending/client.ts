import { lookup as lookUp, type LookupAddress } from 'node:dns';
import { request as requestPlain, type RequestOptions } from 'node:http';
import { request as requestSecure } from 'node:https';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

import { retryAfterMsOf, type PushAnswer } from './answer.ts';

export interface PushRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: Buffer;
  readonly timeoutMs: number;
}

/** The way to push services. It never retries and never follows a redirect. */
export interface PushLine {
  send(request: PushRequest): Promise<PushAnswer>;
}

const ipv4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** All of IPv6 but 2000::/3 is not public, and of that what carries or documents others. */
const ipv6 = [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
] as const;

// A list for each: in one of both, what covers ::ffff:0:0/96 would cover all of IPv4.
const closed = { ipv4: new BlockList(), ipv6: new BlockList() };
for (const [net, bits] of ipv4) closed.ipv4.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of ipv6) closed.ipv6.addSubnet(net, bits, 'ipv6');

/** Whether an address is one of the public internet (IANA special-purpose registries). */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const family = isIPv6(address) ? 'ipv6' : 'ipv4';
  return !closed[family].check(address, family);
}

class NotPublic extends Error {
  readonly code = 'ADDRESS_NOT_PUBLIC';
}

/** Looks a name up and lets through what may be reached: it is what the connection goes to. */
const guarded =
  (mayReach: (address: string) => boolean): LookupFunction =>
  (host, options, tell) => {
    lookUp(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
      const reachable = error === null ? found.filter(({ address }) => mayReach(address)) : [];
      const [first] = reachable;
      if (error !== null) tell(error, '');
      else if (first === undefined) tell(new NotPublic(`${host} is no public address`), '');
      else if (options.all === true) tell(null, reachable);
      else tell(null, first.address, first.family);
    });
  };

const causeOf = (error: Error): string => {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timeout';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'connection broke';
};

export function createPushLine(
  deps: { readonly mayReach: (address: string) => boolean } = { mayReach: isPublicAddress },
): PushLine {
  const lookup = guarded(deps.mayReach);
  return {
    send: ({ url, headers, body, timeoutMs }) => {
      const { protocol, hostname } = new URL(url);
      // An address in figures is not looked up.
      const host = hostname.replaceAll(/[[\]]/g, '');
      if (isIP(host) !== 0 && !deps.mayReach(host)) {
        return Promise.resolve({ kind: 'not-sent', cause: 'ADDRESS_NOT_PUBLIC' });
      }
      const isSecure = protocol === 'https:';
      const begin = isSecure ? requestSecure : requestPlain;
      const signal = AbortSignal.timeout(timeoutMs);
      const options: RequestOptions = { method: 'POST', headers, lookup, agent: false, signal };
      return new Promise((resolve) => {
        let isConnected = false;
        const request = begin(url, options, (response) => {
          const status = response.statusCode ?? 0;
          const retryAfterMs = retryAfterMsOf(response.headers['retry-after']);
          // What else it says is of no use, however long it is.
          response.destroy();
          resolve({
            kind: 'answered',
            status,
            ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
          });
        });
        request.once('socket', (socket) =>
          socket.once(isSecure ? 'secureConnect' : 'connect', () => {
            isConnected = true;
          }),
        );
        request.on('error', (error) =>
          resolve({ kind: isConnected ? 'lost' : 'not-sent', cause: causeOf(error) }),
        );
        request.end(body);
      });
    },
  };
}
