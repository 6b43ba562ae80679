import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { invariant } from '#kernel';

/** What one callback said, by the number of its row. */
export interface PackedBody {
  readonly row: bigint;
  readonly body: Buffer;
}

/** Bodies are so alike that the quickest level finds nearly all of it. */
const level = 1;
const rowBytes = 8;
const lengthBytes = 4;
const headBytes = rowBytes + lengthBytes;

/**
 * One after the other, each as row (8 bytes), length (4 bytes) and body, compressed together as a
 * Zstandard frame (RFC 8878).
 */
export function packBodies(bodies: readonly PackedBody[]): Buffer {
  const bytes = bodies.reduce((sum, { body }) => sum + headBytes + body.length, 0);
  const plain = Buffer.allocUnsafe(bytes);
  let at = 0;
  for (const { row, body } of bodies) {
    at = plain.writeBigInt64BE(row, at);
    at = plain.writeUInt32BE(body.length, at);
    at += body.copy(plain, at);
  }
  return zstdCompressSync(plain, { params: { [constants.ZSTD_c_compressionLevel]: level } });
}

/** Takes only what `packBodies` made: whoever calls has opened its seal. */
export function unpackBodies(pack: Buffer): readonly PackedBody[] {
  const plain = zstdDecompressSync(pack);
  const bodies: PackedBody[] = [];
  for (let at = 0; at < plain.length;) {
    const end = at + headBytes + plain.readUInt32BE(at + rowBytes);
    invariant(end <= plain.length, 'a pack ends with its last body');
    const body = plain.subarray(at + headBytes, end);
    bodies.push({ row: plain.readBigInt64BE(at), body });
    at = end;
  }
  return bodies;
}
