import { crc32 } from 'node:zlib';

/** A file inside a ZIP, as it is when it is unpacked. */
export interface UnpackedPart {
  readonly path: string;
  readonly body: Buffer;
}

const localSignature = 0x04034b50;
export const entrySignature = 0x02014b50;
export const endSignature = 0x06054b50;
export const localLength = 30;
export const entryLength = 46;
export const endLength = 22;
const namesInUtf8 = 1 << 11;

/** Checksum, both sizes and the length of the name, as they stand in either head. */
function writeFacts(head: Buffer, at: number, { path, body }: UnpackedPart): void {
  head.writeUInt32LE(crc32(body), at);
  head.writeUInt32LE(body.length, at + 4);
  head.writeUInt32LE(body.length, at + 8);
  head.writeUInt16LE(Buffer.byteLength(path), at + 12);
}

/** A ZIP file of parts that are not compressed. */
export function packed(parts: readonly UnpackedPart[]): Buffer {
  const locals: Buffer[] = [];
  const entries: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const name = Buffer.from(part.path);
    const local = Buffer.alloc(localLength);
    local.writeUInt32LE(localSignature);
    local.writeUInt16LE(namesInUtf8, 6);
    writeFacts(local, 14, part);
    const entry = Buffer.alloc(entryLength);
    entry.writeUInt32LE(entrySignature);
    entry.writeUInt16LE(namesInUtf8, 8);
    writeFacts(entry, 16, part);
    entry.writeUInt32LE(at, 42);
    locals.push(local, name, part.body);
    entries.push(entry, name);
    at += local.length + name.length + part.body.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(endLength);
  end.writeUInt32LE(endSignature);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
