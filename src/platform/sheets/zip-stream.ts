import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';

import { endLength, endSignature, entryLength, entrySignature, localLength } from './pack.ts';

/** A file inside a ZIP that is written while it is made. */
export interface StreamedPart {
  readonly path: string;
  readonly body: AsyncIterable<string>;
}

const localSignature = 0x04034b50;
const factsSignature = 0x08074b50;
const factsLength = 16;
const versionNeeded = 20;
/** Checksum and sizes stand after the part: nobody knows them before. Names are UTF-8. */
const flags = (1 << 3) | (1 << 11);
const deflated = 8;
/** Midnight of the first day that the format has; the time of a part says nothing here. */
const firstDay = (1 << 5) | 1;
/** Twice as fast as the usual level, for a tenth more bytes. */
const level = 3;
/** Beyond this the format needs its 64-bit form. */
const bytesMax = 0xffff_ffff;

/** A ZIP file, piece by piece: no part is ever in memory whole. */
export async function* zipStream(parts: readonly StreamedPart[]): AsyncGenerator<Buffer> {
  const entries: Buffer[] = [];
  let at = 0;
  for (const { path, body } of parts) {
    const name = Buffer.from(path);
    const head = commonHead(localLength, localSignature, 4);
    head.writeUInt16LE(name.length, 26);
    yield Buffer.concat([head, name]);
    const facts = { checksum: 0, packedBytes: 0, bytes: 0 };
    yield* deflatedBody(body, facts);
    const after = Buffer.alloc(factsLength);
    after.writeUInt32LE(factsSignature);
    writeFacts(after, 4, facts);
    yield after;
    const entry = commonHead(entryLength, entrySignature, 6);
    entry.writeUInt16LE(versionNeeded, 4);
    writeFacts(entry, 16, facts);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    entries.push(entry, name);
    at += head.length + name.length + facts.packedBytes + after.length;
    if (at > bytesMax || facts.bytes > bytesMax) throw new Error('a ZIP file ends at 4 GiB');
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(endLength);
  end.writeUInt32LE(endSignature);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  yield Buffer.concat([directory, end]);
}

interface Facts {
  checksum: number;
  packedBytes: number;
  bytes: number;
}

/** What either head of a part begins with, from the version it needs on. */
function commonHead(length: number, signature: number, versionAt: number): Buffer {
  const head = Buffer.alloc(length);
  head.writeUInt32LE(signature);
  head.writeUInt16LE(versionNeeded, versionAt);
  head.writeUInt16LE(flags, versionAt + 2);
  head.writeUInt16LE(deflated, versionAt + 4);
  head.writeUInt16LE(firstDay, versionAt + 8);
  return head;
}

function writeFacts(head: Buffer, at: number, { checksum, packedBytes, bytes }: Facts): void {
  head.writeUInt32LE(checksum, at);
  head.writeUInt32LE(packedBytes, at + 4);
  head.writeUInt32LE(bytes, at + 8);
}

/** Compressed on a thread of its own, no faster than it is read. */
async function* deflatedBody(body: AsyncIterable<string>, facts: Facts): AsyncGenerator<Buffer> {
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const text of body) {
      const bytes = Buffer.from(text);
      facts.checksum = crc32(bytes, facts.checksum);
      facts.bytes += bytes.length;
      yield bytes;
    }
  }
  const packed = new PassThrough();
  const done = pipeline(
    Readable.from(counted(), { highWaterMark: 1 }),
    createDeflateRaw({ level }),
    packed,
  );
  try {
    for await (const piece of packed) {
      const bytes = Buffer.from(piece);
      facts.packedBytes += bytes.length;
      yield bytes;
    }
  } finally {
    packed.destroy();
    // What went wrong was thrown where it was read; whoever reads no further wants to hear nothing.
    await Promise.allSettled([done]);
  }
}
