import {
  constants,
  createHash,
  createPublicKey,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { err, ok, unreachable, type Result, type Secret } from '#kernel';
import type { RsaPadding } from './config.ts';

/** Chance for secrets comes from the operating system; a simulation may give its own. */
export type RandomBytes = (size: number) => Buffer;

const hashBytes = 32;

/** A base64 DER SubjectPublicKeyInfo of RSA; undefined for anything else. */
function readPublicKey(base64Der: string): KeyObject | undefined {
  try {
    const key = createPublicKey({
      key: Buffer.from(base64Der, 'base64'),
      format: 'der',
      type: 'spki',
    });
    return key.asymmetricKeyType === 'rsa' ? key : undefined;
  } catch {
    return undefined;
  }
}

export const isPublicKey = (base64Der: string): boolean => readPublicKey(base64Der) !== undefined;

function mgf1Sha1(seed: Buffer, size: number): Buffer {
  const blocks: Buffer[] = [];
  for (let counter = 0, made = 0; made < size; counter += 1) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    const block = createHash('sha1').update(seed).update(suffix).digest();
    blocks.push(block);
    made += block.length;
  }
  return Buffer.concat(blocks).subarray(0, size);
}

const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((byte, n) => byte ^ (b[n] ?? 0)));

/**
 * RFC 8017 §7.1.1 with SHA-256 for the label and SHA-1 inside MGF1: Java's reading of “OAEP with
 * SHA-256”, which OpenSSL's Node interface cannot ask for.
 */
function oaepMixedEncode(
  plaintext: Buffer,
  modulusBytes: number,
  random: RandomBytes,
): Buffer | undefined {
  const gapBytes = modulusBytes - plaintext.length - 2 * hashBytes - 2;
  if (gapBytes < 0) return undefined;
  const labelHash = createHash('sha256').digest();
  const block = Buffer.concat([labelHash, Buffer.alloc(gapBytes), Buffer.from([1]), plaintext]);
  const seed = random(hashBytes);
  const maskedBlock = xor(block, mgf1Sha1(seed, block.length));
  const maskedSeed = xor(seed, mgf1Sha1(maskedBlock, hashBytes));
  return Buffer.concat([Buffer.from([0]), maskedSeed, maskedBlock]);
}

function encryptWith(
  key: KeyObject,
  padding: RsaPadding,
  { plaintext, random }: { readonly plaintext: Buffer; readonly random: RandomBytes },
): Buffer | undefined {
  switch (padding) {
    case 'pkcs1':
      return publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, plaintext);
    case 'oaep-sha256':
      return publicEncrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
        plaintext,
      );
    case 'oaep-sha256-mgf1-sha1': {
      const modulusBytes = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
      const encoded = oaepMixedEncode(plaintext, modulusBytes, random);
      if (encoded === undefined) return undefined;
      return publicEncrypt({ key, padding: constants.RSA_NO_PADDING }, encoded);
    }
    default:
      return unreachable(padding, 'an RSA padding');
  }
}

/** `unusable-key`: no RSA key, or one too short for this padding. */
export type RsaRefusal = 'unusable-key';

/** RSA for the PIN and for `x-key`; base64. */
export function rsaEncrypt(
  key: { readonly base64Der: string; readonly padding: RsaPadding },
  plaintext: string,
  random: RandomBytes = randomBytes,
): Result<string, RsaRefusal> {
  const publicKey = readPublicKey(key.base64Der);
  if (publicKey === undefined) return err('unusable-key');
  try {
    const bytes = Buffer.from(plaintext, 'ascii');
    const encrypted = encryptWith(publicKey, key.padding, { plaintext: bytes, random });
    return encrypted === undefined ? err('unusable-key') : ok(encrypted.toString('base64'));
  } catch {
    // OpenSSL refuses a plaintext that does not fit under the key; it must not quote it anywhere.
    return err('unusable-key');
  }
}

/** The disbursement PIN as payouts carry it. */
export const encryptPin = (
  pin: Secret<string>,
  key: { readonly base64Der: string; readonly padding: RsaPadding },
  random: RandomBytes = randomBytes,
): Result<string, RsaRefusal> => rsaEncrypt(key, pin.reveal(), random);
