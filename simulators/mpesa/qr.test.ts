import { crc32, inflateSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { pictureOf } from './png.ts';
import { createRig, type Rig, testShortCode, testTill } from './test-kit.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await createRig();
});
afterEach(() => rig.close());

const code = {
  MerchantName: 'DUKA',
  RefNo: 'INV-1',
  Amount: 150,
  TrxCode: 'PB',
  CPI: testShortCode,
  Size: '300',
};
const generate = (change: object = {}) =>
  rig.api('/mpesa/qrcode/v1/generate', { ...code, ...change });

/** Type and data of every chunk, each with a sum that is right. */
function chunksOf(png: Buffer): readonly { type: string; data: Buffer }[] {
  const chunks: { type: string; data: Buffer }[] = [];
  for (let at = 8; at < png.length;) {
    const end = at + 8 + png.readUInt32BE(at);
    expect(png.readUInt32BE(end)).toBe(crc32(png.subarray(at + 4, end)));
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

it('answers a picture that can be opened', async () => {
  const { status, body } = await generate();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    ResponseCode: '00',
    ResponseDescription: 'QR Code Successfully Generated.',
  });
  const png = Buffer.from(String(body['QRCode']), 'base64');
  const [header, data, end] = chunksOf(png);
  expect(header?.type).toBe('IHDR');
  expect([header?.data.readUInt32BE(0), header?.data.readUInt32BE(4)]).toEqual([300, 300]);
  // A filter and 300 bits for every line.
  expect(inflateSync(data?.data ?? Buffer.alloc(0))).toHaveLength(300 * (1 + 38));
  expect(end?.type).toBe('IEND');
});

it('draws the same for the same, and something else for anything else', async () => {
  const pictures = [await generate(), await generate(), await generate({ Amount: 151 })];
  const [first, again, other] = pictures.map(({ body }) => body['QRCode']);
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  expect(pictureOf('x', 1)).toHaveLength(pictureOf('y', 1).length);
});

it.each([
  ['MerchantName', ''],
  ['RefNo', ''],
  ['Amount', '1.5'],
  ['TrxCode', 'XX'],
  ['CPI', '999999'],
  ['CPI', ''],
  ['Size', '0'],
  ['Size', '1001'],
  ['Size', 'big'],
])('refuses a wrong %s: %j', async (field, value) => {
  expect(await generate({ [field]: value })).toMatchObject({
    status: 400,
    body: { errorCode: '400.002.02', errorMessage: `Bad Request - Invalid ${field}` },
  });
});

it('draws for the till too', async () => {
  expect((await generate({ TrxCode: 'BG', CPI: testTill })).status).toBe(200);
  expect((await generate({ TrxCode: 'BG', CPI: testShortCode })).status).toBe(400);
});
