/** Which hosts belong to whose real or pretended money. */
export const mpesaHosts = {
  live: 'https://api.safaricom.co.ke',
  sandbox: 'https://sandbox.safaricom.co.ke',
} as const;

/** Airtel Kenya; other operating companies have hosts of their own (sheet §1). */
export const airtelHosts = {
  live: 'https://openapi.airtelkenya.com',
  sandbox: 'https://openapiuat.airtelkenya.com',
} as const;

/** Safaricom's public sandbox short code and its passkey (sheet §9): nobody's money. */
export const publicSandbox = {
  shortCode: '174379',
  passkey: 'bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919',
  initiatorName: 'testapi',
  initiatorPassword: 'Safaricom999!*!',
} as const;

const hostOf = (address: string): string => URL.parse(address)?.hostname ?? '';

export const isLoopbackHost = (host: string): boolean =>
  /^(?:localhost|127(?:\.\d{1,3}){3}|\[?::1\]?)$/.test(host);

export const isLoopback = (address: string): boolean => isLoopbackHost(hostOf(address));

const sandboxHost = /^(?:sandbox\.safaricom\.co\.ke|openapiuat\..+)$/;
const liveHost = /^(?:api\.safaricom\.co\.ke|openapi\.airtel.*)$/;

/** `undefined` where the host says nothing about the money behind it. */
export function moneyBehind(address: string): 'real' | 'pretended' | undefined {
  const host = hostOf(address);
  if (sandboxHost.test(host) || isLoopbackHost(host)) return 'pretended';
  return liveHost.test(host) ? 'real' : undefined;
}
