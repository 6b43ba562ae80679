import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';

import { createExtentCheck } from './extent.ts';
import {
  endLength,
  endSignature,
  entryLength,
  entrySignature,
  localLength,
  packed,
  type UnpackedPart,
} from './pack.ts';
import { refuse, type SheetLimits } from './sheet.ts';

const inflate = promisify(inflateRaw);

const commentMax = 0xffff;
const entriesMax = 1_000;
const deflated = 8;

const brokenZip = () =>
  refuse('broken', {
    cause: 'The workbook is damaged: it is not a whole ZIP file.',
    fix: 'Download the statement again.',
  });

/** The workbook reader looks at no others: pictures and printer settings are left out. */
const isRead = (path: string): boolean => path.endsWith('.xml') || path.endsWith('.xml.rels');

/**
 * The file packed anew, out of the parts that were checked: the reader does not go by the directory
 * and would find others too. Throws unless every part is as it was packed, and all of them together
 * stay below the limit. The sizes a ZIP declares can lie, and the reader believes them: it is
 * unpacked here for real, with what is left of the limit as the most a part may come to. The reader
 * looks at no checksum either, and a bit that has flipped can turn one amount into another.
 */
export async function checkedZip(file: Buffer, limits: SheetLimits): Promise<Buffer> {
  const checkExtent = createExtentCheck(limits);
  const parts: UnpackedPart[] = [];
  let left = limits.inflatedBytesMax;
  for (const part of partsOf(file)) {
    const body = await unpack(part, left);
    if (crc32(body) !== part.checksum) throw brokenZip();
    checkExtent(body);
    left -= body.length;
    if (isRead(part.path)) parts.push({ path: part.path, body });
  }
  return packed(parts);
}

async function unpack({ method, bytes }: Part, bytesMax: number): Promise<Buffer> {
  try {
    const unpacked =
      method === deflated
        ? await inflate(bytes, { maxOutputLength: Math.max(bytesMax, 1) })
        : bytes;
    if (unpacked.length <= bytesMax) return unpacked;
  } catch (error) {
    if (!isTooLarge(error)) throw brokenZip();
  }
  throw refuse('too-large', {
    cause: 'Unpacked, the workbook is larger than is read.',
    fix: 'Save it as CSV, or download the statement for a shorter period.',
  });
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';

interface Part {
  readonly path: string;
  readonly method: number;
  readonly checksum: number;
  readonly bytes: Buffer;
}

/** The compressed parts, by the directory at the end of the file. */
function partsOf(file: Buffer): readonly Part[] {
  const end = endOf(file);
  const count = file.readUInt16LE(end + 10);
  let at = file.readUInt32LE(end + 16);
  if (count > entriesMax) throw brokenZip();
  const parts: Part[] = [];
  for (let n = 0; n < count; n += 1) {
    if (at + entryLength > file.length || file.readUInt32LE(at) !== entrySignature) {
      throw brokenZip();
    }
    parts.push(partAt(file, at));
    const lengths = [28, 30, 32].map((offset) => file.readUInt16LE(at + offset));
    at += entryLength + lengths.reduce((sum, length) => sum + length, 0);
  }
  return parts;
}

function endOf(file: Buffer): number {
  const first = Math.max(0, file.length - endLength - commentMax);
  for (let at = file.length - endLength; at >= first; at -= 1) {
    if (file.readUInt32LE(at) === endSignature) return at;
  }
  throw brokenZip();
}

function partAt(file: Buffer, entry: number): Part {
  const local = file.readUInt32LE(entry + 42);
  if (local + localLength > file.length) throw brokenZip();
  const start = local + localLength + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
  const length = file.readUInt32LE(entry + 20);
  if (start + length > file.length) throw brokenZip();
  const name = entry + entryLength;
  return {
    path: file.toString('utf8', name, name + file.readUInt16LE(entry + 28)),
    method: file.readUInt16LE(entry + 10),
    checksum: file.readUInt32LE(entry + 16),
    bytes: file.subarray(start, start + length),
  };
}
