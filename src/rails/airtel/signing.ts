import { createCipheriv, randomBytes } from 'node:crypto';
import { err, ok, type Result } from '#kernel';
import type { RsaPadding } from './config.ts';
import { rsaEncrypt, type RandomBytes, type RsaRefusal } from './pin.ts';

const keyBytes = 32;
const ivBytes = 16;

/** `x-signature`: the body under AES-256-CBC with PKCS#7 padding, base64. */
export function signatureOf(body: string, secret: { readonly key: Buffer; readonly iv: Buffer }) {
  const cipher = createCipheriv('aes-256-cbc', secret.key, secret.iv);
  return Buffer.concat([cipher.update(body, 'utf8'), cipher.final()]).toString('base64');
}

/** What `x-key` holds under RSA: 69 characters of ASCII. */
export const keyPlaintextOf = (secret: { readonly key: Buffer; readonly iv: Buffer }): string =>
  `${secret.key.toString('base64')}:${secret.iv.toString('base64')}`;

/**
 * Message signing: the server encrypts the bytes it received and compares. `body` must therefore
 * be the very text that is sent, made once.
 */
export function signMessage(
  body: string,
  publicKey: { readonly base64Der: string; readonly padding: RsaPadding },
  random: RandomBytes = randomBytes,
): Result<Readonly<Record<'x-signature' | 'x-key', string>>, RsaRefusal> {
  const secret = { key: random(keyBytes), iv: random(ivBytes) };
  const xKey = rsaEncrypt(publicKey, keyPlaintextOf(secret), random);
  if (!xKey.ok) return err(xKey.error);
  return ok({ 'x-signature': signatureOf(body, secret), 'x-key': xKey.value });
}
