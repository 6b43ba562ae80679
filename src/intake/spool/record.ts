/**
 * One spool record: length (4 bytes, big-endian), CRC-32 of the payload (4 bytes), the payload. A
 * record that was being written when the power went fails one of the two; forgery is the business
 * of the encryption inside.
 */
const headerBytes = 8;
export const recordBytesMax = 1_048_576;

export interface SpoolReading {
  readonly payloads: readonly Buffer[];
  /** True when bytes of an unfinished record follow the sound part. */
  readonly torn: boolean;
}

export type Checksum = (payload: Buffer) => number;

export function encodeRecord(payload: Buffer, checksum: Checksum): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt32BE(checksum(payload), 4);
  return Buffer.concat([header, payload]);
}

export function decodeRecords(file: Buffer, checksum: Checksum): SpoolReading {
  const payloads: Buffer[] = [];
  let offset = 0;
  while (offset + headerBytes <= file.length) {
    const start = offset + headerBytes;
    const length = file.readUInt32BE(offset);
    const end = start + length;
    if (length > recordBytesMax || end > file.length) break;
    const payload = file.subarray(start, end);
    if (checksum(payload) !== file.readUInt32BE(offset + 4)) break;
    payloads.push(payload);
    offset = end;
  }
  return { payloads, torn: offset < file.length };
}
