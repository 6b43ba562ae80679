import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  privateDecrypt,
} from 'node:crypto';

import type { EpochMs } from '#kernel';

import { keyCodes, esb } from './codes.ts';
import type { Padding } from './config.ts';
import type { Context } from './context.ts';
import { type Answer, envelopeA } from './envelopes.ts';
import { nairobiText } from './nairobi-text.ts';
import { stripOaepSha256, stripPkcs1 } from './padding.ts';
import { numberIn, textIn } from './store.ts';

export interface RsaKey {
  readonly keyId: number;
  readonly privateKey: KeyObject;
  readonly validUntil: EpochMs;
}

export interface Keys {
  /** The key in force; an expired one is replaced first. */
  current(): RsaKey;
  rotate(): RsaKey;
  /** Base64 of the DER SubjectPublicKeyInfo, without armour. */
  publicText(): string;
  answer(): Answer;
  decrypt(base64: string, padding: Padding): Buffer | undefined;
}

/** The sheet's sample carries 100 as its key's number. */
const firstKeyId = 100;

const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Strict: what does not encode back to itself is no base64. */
export function bytesOfBase64(base64: string): Buffer | undefined {
  if (base64 === '' || !canonicalBase64.test(base64)) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  return bytes.toString('base64') === base64 ? bytes : undefined;
}

function rawDecrypt(privateKey: KeyObject, base64: string): Buffer | undefined {
  const bytes = bytesOfBase64(base64);
  const keyBytes = (privateKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8;
  if (bytes === undefined || bytes.length !== keyBytes) return undefined;
  try {
    return privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, bytes);
  } catch {
    // A number beyond the modulus is no ciphertext of this key.
    return undefined;
  }
}

const strips: Readonly<Record<Padding, (block: Buffer) => Buffer | undefined>> = {
  pkcs1: stripPkcs1,
  'oaep-sha256': (block) => stripOaepSha256(block, 'sha256'),
  'oaep-sha256-mgf1-sha1': (block) => stripOaepSha256(block, 'sha1'),
};

export function createKeys(context: Context): Keys {
  const { clock, config, store } = context;
  const loaded = new Map<number, KeyObject>();

  const rotate = (): RsaKey =>
    store.transact(() => {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: config.keyBits });
      const keyId = firstKeyId + store.next('rsa-key') - 1;
      const validUntil = clock.now() + config.timings.keyLifeMs;
      const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
      store.run('insert into rsa_key values (?, ?, ?)', keyId, pem, validUntil);
      return { keyId, privateKey, validUntil };
    });
  const current = (): RsaKey => {
    const row = store.get('select * from rsa_key order by key_id desc limit 1');
    if (row === undefined || numberIn(row, 'valid_until') <= clock.now()) return rotate();
    const keyId = numberIn(row, 'key_id');
    const privateKey = loaded.get(keyId) ?? createPrivateKey(textIn(row, 'private_pem'));
    const fits = privateKey.asymmetricKeyDetails?.modulusLength === config.keyBits;
    loaded.set(keyId, privateKey);
    return fits ? { keyId, privateKey, validUntil: numberIn(row, 'valid_until') } : rotate();
  };
  const publicText = (): string =>
    createPublicKey(current().privateKey)
      .export({ type: 'spki', format: 'der' })
      .toString('base64');
  return {
    current,
    rotate,
    publicText,
    answer: () => {
      const { keyId, validUntil } = current();
      const found = { key_id: keyId, key: publicText(), valid_upto: nairobiText(validUntil) };
      const answer = envelopeA(
        { message: 'Success', result: esb.success, response: keyCodes.success, success: true },
        { data: found },
      );
      // Uganda's host has been seen with the bare shape (sheet §4).
      return context.knobs().keysTopLevel ? { ...answer, body: found } : answer;
    },
    decrypt: (base64, padding) => {
      const block = rawDecrypt(current().privateKey, base64);
      return block === undefined ? undefined : strips[padding](block);
    },
  };
}
