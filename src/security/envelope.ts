import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

import { invariant } from '#kernel';

/** The cell a ciphertext belongs to. In any other it does not open. */
export interface SealContext {
  readonly table: string;
  readonly column: string;
  readonly row: string | bigint;
}

/** A sealed value was changed, moved to another cell, or sealed under a key that is not here. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/** By which key a value was sealed: its cell's own, or that of the cells around it. */
export const forms = { cell: 1, block: 2 } as const;
export type Form = (typeof forms)[keyof typeof forms];

// form(1) | key id(4) | nonce(12) | tag(16) | ciphertext
const keyIdAt = 1;
const nonceAt = 5;
const tagAt = 17;
const bodyAt = 33;
export const nonceBytes = 12;
const cipher = 'aes-256-gcm';

export interface Opening {
  /** Where the ciphertext is at home; authenticated, not kept. */
  readonly place: string;
  /** The AES key of the place or its block. */
  readonly key: KeyObject;
}

export function sealWith(
  opening: Opening & { readonly form: Form; readonly keyId: number; readonly nonce: Buffer },
  plaintext: Buffer | string,
): Buffer {
  invariant(opening.nonce.length === nonceBytes, 'a nonce has 96 bits');
  const encryption = createCipheriv(cipher, opening.key, opening.nonce);
  encryption.setAAD(Buffer.from(opening.place));
  const body =
    typeof plaintext === 'string'
      ? encryption.update(plaintext, 'utf8')
      : encryption.update(plaintext);
  encryption.final();
  const sealed = Buffer.allocUnsafe(bodyAt + body.length);
  sealed[0] = opening.form;
  sealed.writeUInt32BE(opening.keyId, keyIdAt);
  sealed.set(opening.nonce, nonceAt);
  sealed.set(encryption.getAuthTag(), tagAt);
  sealed.set(body, bodyAt);
  return sealed;
}

/** How a value was sealed, or undefined if it is no sealed value. */
export function headOf(
  sealed: Buffer,
): { readonly form: Form; readonly keyId: number } | undefined {
  const form = Object.values(forms).find((one) => one === sealed[0]);
  if (form === undefined || sealed.length < bodyAt) return undefined;
  return { form, keyId: sealed.readUInt32BE(keyIdAt) };
}

/** Undefined if anything at all differs from what was sealed. */
export function unsealWith(opening: Opening, sealed: Buffer): Buffer | undefined {
  if (headOf(sealed) === undefined) return undefined;
  const nonce = sealed.subarray(nonceAt, tagAt);
  const decryption = createDecipheriv(cipher, opening.key, nonce, { authTagLength: 16 });
  decryption.setAAD(Buffer.from(opening.place));
  decryption.setAuthTag(sealed.subarray(tagAt, bodyAt));
  const plaintext = decryption.update(sealed.subarray(bodyAt));
  try {
    decryption.final();
    return plaintext;
  } catch {
    // The only thing that `final` of a GCM decryption refuses is the tag.
    return undefined;
  }
}
