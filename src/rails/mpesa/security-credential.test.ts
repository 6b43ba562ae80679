import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto';
import { expect, it } from 'vitest';
import { Secret } from '#kernel';
import { createSecurityCredential } from './security-credential.ts';

const password = 'Safaricom999!*!';
const operator = (securityKeyPem: string) => ({
  name: 'testapi',
  password: new Secret(password),
  securityKeyPem,
});
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicPem = publicKey.export({ type: 'spki', format: 'pem' });

/** `00 02 <padding> 00 <password>`, undone by hand: Node guards its own PKCS#1 v1.5 decryption. */
function decrypt(credential: string): string {
  const encrypted = Buffer.from(credential, 'base64');
  const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, encrypted);
  expect([...block.subarray(0, 2)]).toEqual([0, 2]);
  return block.subarray(block.indexOf(0, 2) + 1).toString('utf8');
}

it('encrypts the raw password with PKCS#1 v1.5', () => {
  const credential = createSecurityCredential(operator(publicPem))();
  expect(credential).toMatch(/^[A-Za-z0-9+/]{342}==$/);
  expect(decrypt(credential)).toBe(password);
});

it('differs every time', () => {
  const next = createSecurityCredential(operator(publicPem));
  expect(next()).not.toBe(next());
});

it('reads a certificate, expired as it is', () => {
  expect(createSecurityCredential(operator(expiredCertificate))()).toHaveLength(344);
});

it('refuses at once what is no RSA key', () => {
  expect(() => createSecurityCredential(operator('not a key'))).toThrow(/key|PEM|DECODER/i);
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
  const curvePem = curve.export({ type: 'spki', format: 'pem' });
  expect(() => createSecurityCredential(operator(curvePem))).toThrow(/RSA/);
});

// Made for this test, valid from 2014 to 2016; its private key was thrown away.
const expiredCertificate = `-----BEGIN CERTIFICATE-----
MIICojCCAYoCAQEwDQYJKoZIhvcNAQELBQAwFzEVMBMGA1UEAwwMdGVzdC5pbnZh
bGlkMB4XDTE0MDEwMTAwMDAwMFoXDTE2MDEwMTAwMDAwMFowFzEVMBMGA1UEAwwM
dGVzdC5pbnZhbGlkMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAz7WS
aySN+xCgZCvpMt0sbZ0D9+bumgxvvCurjOUpfisoA0BkTrYhMfye8ZqeBF+Btyip
quyiC2yuYUxR1C9qc0VSg6vEwLUfBsWTMurLXBmv9H0FjObUAsgzGGxybWD6qG36
HOyFRKwqHLwndRGGgUENuweRM7hnbptypU385HeiTH2lxyz5+MhuKZBd1Or4gqR2
BmRHG3fJd8/rBLCjzo6ABXMxmc51ATgumvdhXc0cgQTBHl6op0eCYrotVULX6MwZ
McxYXt7+RjrzlMBhAYBshYR27+S0lI0j7FHHDoY1hUIB5n+kQiIzvpILxFPjLtPH
EdDhhlv4c44Mp2VyvwIDAQABMA0GCSqGSIb3DQEBCwUAA4IBAQC7Xo+WzsmBoI4O
wWlaYxgGQCsGyT50wP7Pzj1OPsV/hCiEhAsrM+y7r/xRANZm0gDf4PJUhGEFRAX1
EtNulxyL2JO/Bm4r1nAQ/WAVeoF6iUObytueq03Zb3cbKZoBwI89sBAlLdrEg9Sp
u+lrXeH/4MSXzqVyda1DgNNQyd7MkGFRX0/tC1wijgF3KYbXi6HizjRjWATJ8dGO
gPuDPBhwz5viB7BSXDi3A7I3txueeS9+gQ/WIP00lZeZUAHk2xKw6/Z5HDiyKknS
MQzUGeo86tYrARpQOGmjNr+xLTnvbVoVaO14nia6pf+mD9qhkGsLNSWWRdt/VhCh
x65lyasn
-----END CERTIFICATE-----`;
