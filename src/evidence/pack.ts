import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

import { invariant } from '#kernel';

/** What one callback said, by the number of its row. */
export interface PackedBody {
  readonly row: bigint;
  readonly body: Buffer;
}

/** Bodies are so alike that the quickest level finds nearly all of it. */
const level = 1;
/** Compressing a few takes longer than storing them. */
const compressedMin = 4;
const forms = { plain: 0, zstd: 1 } as const;
const formBytes = 1;
const rowBytes = 8;
const lengthBytes = 4;
const headBytes = rowBytes + lengthBytes;

/**
 * A byte for the form, then one after the other, each as row (8 bytes), length (4 bytes) and body;
 * many are compressed together as a Zstandard frame (RFC 8878).
 */
export function packBodies(bodies: readonly PackedBody[]): Buffer {
  const bytes = bodies.reduce((sum, { body }) => sum + headBytes + body.length, formBytes);
  const pack = Buffer.allocUnsafe(bytes);
  let at = pack.writeUInt8(forms.plain);
  for (const { row, body } of bodies) {
    at = pack.writeBigInt64BE(row, at);
    at = pack.writeUInt32BE(body.length, at);
    at += body.copy(pack, at);
  }
  return bodies.length < compressedMin ? pack : compressed(pack.subarray(formBytes));
}

function compressed(plain: Buffer): Buffer {
  const params = { [constants.ZSTD_c_compressionLevel]: level };
  return Buffer.concat([Buffer.of(forms.zstd), zstdCompressSync(plain, { params })]);
}

/** Takes only what `packBodies` made: whoever calls has opened its seal. */
export function unpackBodies(pack: Buffer): readonly PackedBody[] {
  const packed = pack.subarray(formBytes);
  const plain = pack.readUInt8() === forms.zstd ? zstdDecompressSync(packed) : packed;
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
