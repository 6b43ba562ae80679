import { createHash } from 'node:crypto';
import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** As many squares a side as the smallest QR symbol has. */
const squaresASide = 21;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** Size, one bit a point, shades of grey. */
function header(sidePx: number): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(sidePx, 0);
  data.writeUInt32BE(sidePx, 4);
  data.writeUInt8(1, 8);
  return chunk('IHDR', data);
}

/**
 * A real picture of black and white squares, the same for the same text. It is no QR symbol: no
 * phone here reads one, and what counts is that a picture comes.
 */
export function pictureOf(text: string, sidePx: number): Buffer {
  const seed = createHash('sha512').update(text).digest();
  const isBlack = (row: number, column: number): boolean => {
    const n = row * squaresASide + column;
    return ((seed[Math.floor(n / 8) % seed.length] ?? 0) >> (n % 8)) % 2 === 1;
  };
  const squareAt = (px: number): number => Math.floor((px * squaresASide) / sidePx);
  const rowBytes = Math.ceil(sidePx / 8);
  const lines = Array.from({ length: sidePx }, (_, y) => {
    // Every line starts with its filter: none.
    const line = Buffer.alloc(rowBytes + 1);
    for (let x = 0; x < sidePx; x += 1) {
      const bit = isBlack(squareAt(y), squareAt(x)) ? 0 : 0x80 >> (x % 8);
      const at = 1 + Math.floor(x / 8);
      line.writeUInt8(line.readUInt8(at) | bit, at);
    }
    return line;
  });
  const data = chunk('IDAT', deflateSync(Buffer.concat(lines)));
  return Buffer.concat([signature, header(sidePx), data, chunk('IEND', Buffer.alloc(0))]);
}
