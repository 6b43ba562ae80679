import { BlockList, isIP } from 'node:net';

import { type RailId, railIds } from '#kernel';

import { type Check, type Checked, fail, pass, warn } from './check.ts';
import type { Config } from './config.ts';
import { isLoopback, isLoopbackHost } from './hosts.ts';

/**
 * What Daraja refuses in a registered address, in any case (sheet §3.1, documented). Whether the
 * filter holds for other callback addresses is unproven, so all of ours keep clear of it.
 */
const refusedWords = ['mpesa', 'm-pesa', 'safaricom', 'exec', 'exe', 'cmd', 'sql', 'query'];
const refusedHosts = ['ngrok', 'mockbin', 'requestbin'];

// Addresses that do not exist on the internet: private, loopback, link-local, carrier-grade NAT.
const privateRanges = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const;
const privateAddress6 = /^\[(?:::|f[cd]|fe[89ab])/i;

function isPrivateAddress(address: string): boolean {
  const ranges = new BlockList();
  for (const [network, bits] of privateRanges) ranges.addSubnet(network, bits);
  return ranges.check(address);
}

function isPublicHost(host: string): boolean {
  if (host.startsWith('[')) return !privateAddress6.test(host);
  if (isIP(host) === 4) return !isPrivateAddress(host);
  return host.includes('.') && !/\.(?:local|internal|lan|home|test|example|invalid)$/.test(host);
}

/** Why providers would not deliver to this address; `undefined` where they would. */
export function whyUndeliverable(address: string): string | undefined {
  const url = URL.parse(address);
  if (url === null) return 'it is not an address';
  if (url.protocol !== 'https:') return 'it is not https';
  // NK OBS: a host in capitals was answered “Invalid CallBackURL”.
  if (/^https:\/\/[^/]*[A-Z]/.test(address)) return 'its host is not in lower case';
  if (!isPublicHost(url.hostname)) return 'its host cannot be reached from the internet';
  const named = `${url.hostname}${url.pathname}`.toLowerCase();
  const word = [...refusedHosts, ...refusedWords].find((candidate) => named.includes(candidate));
  return word === undefined ? undefined : `Safaricom refuses the word “${word}” in it`;
}

/** The rails whose provider is out on the internet and so has to find the way back. */
const farRails = (config: Config): readonly RailId[] =>
  railIds.filter((rail) => {
    const address = config[rail]?.baseUrl;
    return address !== undefined && !isLoopback(address);
  });

export function checkCallbackAddress({ config }: Checked): Check {
  const name = 'Callback address';
  const { publicUrl } = config.http;
  if (farRails(config).length === 0)
    return pass(name, 'Simulators deliver on this machine; no public address is needed.');
  const reason = whyUndeliverable(publicUrl);
  if (reason === undefined) return pass(name, `Providers can deliver to ${publicUrl}.`);
  const finding = {
    cause: `Providers will not deliver to QMOI_PUBLIC_URL: ${reason}.`,
    fix: 'Set QMOI_PUBLIC_URL to a public https address in lower case, without those words.',
  };
  return config.mode === 'live' ? fail(name, finding) : warn(name, finding);
}

export function checkExposure({ config }: Checked): Check {
  const name = 'Listening address';
  const { host } = config.http;
  if (isLoopbackHost(host)) return pass(name, 'Only this machine, and its proxy, reach the port.');
  return warn(name, {
    cause: `The engine listens on ${host} without encryption of its own.`,
    fix: 'Listen on 127.0.0.1 behind a proxy, or let a firewall admit only the proxy.',
  });
}
