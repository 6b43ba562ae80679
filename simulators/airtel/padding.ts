import { createHash } from 'node:crypto';

// Taken off by hand: OpenSSL builds differ in how they treat bad PKCS#1 padding (sheet §5), and
// Node knows no OAEP whose label and mask use different hashes. Nothing here is shared with a
// client, so that an error common to both sides cannot hide.

const hashBytes = 32;

/** `00 02`, at least eight non-zero bytes, `00`, message (RFC 8017 §7.2.2). */
export function stripPkcs1(block: Buffer): Buffer | undefined {
  if (block[0] !== 0 || block[1] !== 2) return undefined;
  const endOfFill = block.indexOf(0, 2);
  return endOfFill < 10 ? undefined : block.subarray(endOfFill + 1);
}

/** EME-OAEP with SHA-256 and an empty label (RFC 8017 §7.1.2); the mask's hash is a choice. */
export function stripOaepSha256(block: Buffer, mask: 'sha256' | 'sha1'): Buffer | undefined {
  if (block.length < 2 * hashBytes + 2 || block[0] !== 0) return undefined;
  const maskedSeed = block.subarray(1, 1 + hashBytes);
  const maskedRest = block.subarray(1 + hashBytes);
  const seed = xor(maskedSeed, mgf1(maskedRest, hashBytes, mask));
  const rest = xor(maskedRest, mgf1(seed, maskedRest.length, mask));
  const emptyLabelHash = createHash('sha256').digest();
  if (!rest.subarray(0, hashBytes).equals(emptyLabelHash)) return undefined;
  let at = hashBytes;
  while (rest[at] === 0) at += 1;
  return rest[at] === 1 ? rest.subarray(at + 1) : undefined;
}

function mgf1(seed: Buffer, length: number, hash: 'sha256' | 'sha1'): Buffer {
  const parts: Buffer[] = [];
  for (let counter = 0, size = 0; size < length; counter += 1) {
    const suffix = Buffer.alloc(4);
    suffix.writeUInt32BE(counter);
    const part = createHash(hash).update(seed).update(suffix).digest();
    parts.push(part);
    size += part.length;
  }
  return Buffer.concat(parts).subarray(0, length);
}

const xor = (left: Buffer, right: Buffer): Buffer =>
  Buffer.from(left.map((byte, index) => byte ^ (right[index] ?? 0)));
