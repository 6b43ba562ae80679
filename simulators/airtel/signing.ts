import { createCipheriv } from 'node:crypto';

import type { Context } from './context.ts';
import { bytesOfBase64, type Keys } from './keys.ts';

/** `base64(key):base64(iv)`: 32 and 16 bytes (sheet §5). */
const keyAndIv = /^([A-Za-z0-9+/]{43}=):([A-Za-z0-9+/]{22}==)$/;

/** AES-256-CBC over the body with the key and iv that `x-key` carries, or nothing if it is none. */
export function signatureOf(rawBody: Buffer, keyText: string): string | undefined {
  const match = keyAndIv.exec(keyText);
  const key = bytesOfBase64(match?.[1] ?? '');
  const iv = bytesOfBase64(match?.[2] ?? '');
  if (key === undefined || iv === undefined) return undefined;
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  return Buffer.concat([cipher.update(rawBody), cipher.final()]).toString('base64');
}

export interface SignedRequest {
  readonly rawBody: Buffer;
  readonly xKey: string | undefined;
  readonly xSignature: string | undefined;
}

/** True when the signature stands, or when none is asked for. The body is taken byte by byte. */
export function isSignatureGood(
  { config }: Context,
  keys: Keys,
  { rawBody, xKey, xSignature }: SignedRequest,
): boolean {
  const isUnsigned = xKey === undefined && xSignature === undefined;
  if (config.signing === 'off') return true;
  if (config.signing === 'optional' && isUnsigned) return true;
  if (xKey === undefined || xSignature === undefined) return false;
  const keyText = keys.decrypt(xKey, config.keyPadding)?.toString('latin1');
  return keyText !== undefined && signatureOf(rawBody, keyText) === xSignature;
}
