import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { shillings } from '#kernel';
import type { HttpOutcome } from '../http.ts';
import { createScene, rejects, says, till } from './test-kit.ts';

/** A picture as far as anybody looks at it here: signature, header, and some bytes. */
function picture(options: { side?: number; bytes?: number; name?: string } = {}): Buffer {
  const { side = 300, bytes = 100, name = 'IHDR' } = options;
  const header = Buffer.alloc(25);
  header.writeUInt32BE(13, 0);
  header.write(name, 4, 'latin1');
  header.writeUInt32BE(side, 8);
  header.writeUInt32BE(side, 12);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, header, deflateSync(Buffer.alloc(8)), Buffer.alloc(bytes)]);
}
const code = { amountMinor: shillings(150), reference: 'INV-1', payeeName: 'DUKA', sizePx: 300 };
const drawn = (png: Buffer): HttpOutcome =>
  says({ ResponseCode: '00', RequestID: '1', QRCode: png.toString('base64') });

describe('a payment code', () => {
  it('is a picture for the paybill', async () => {
    const png = picture();
    const { paymentCodes, sent, bodyOf } = createScene([drawn(png)]);
    expect(await paymentCodes.create(code)).toEqual({ kind: 'made', png });
    expect(sent[0]?.url).toBe('https://daraja.invalid/mpesa/qrcode/v1/generate');
    expect(bodyOf(0)).toEqual({
      MerchantName: 'DUKA',
      RefNo: 'INV-1',
      Amount: 150,
      TrxCode: 'PB',
      CPI: '600966',
      Size: '300',
    });
  });

  it('is one for the till where customers buy goods', async () => {
    const { paymentCodes, bodyOf } = createScene([drawn(picture())], till);
    await paymentCodes.create(code);
    expect(bodyOf(0)).toMatchObject({ TrxCode: 'BG', CPI: '5123456' });
  });

  it.each<[string, HttpOutcome]>([
    ['is lost', { kind: 'lost', cause: 'timeout' }],
    ['holds no code', says({ ResponseCode: '00', ResponseDescription: 'OK' })],
    ['holds an empty code', says({ QRCode: '' })],
    ['holds no base64', says({ QRCode: 'data:image/png;base64,AAAA' })],
    ['holds a page', says({ QRCode: Buffer.from('<html>'.repeat(20)).toString('base64') })],
    ['holds a picture of another kind', drawn(picture({ name: 'JHDR' }))],
    ['holds a picture of no size', drawn(picture({ side: 0 }))],
    ['holds a picture as large as a wall', drawn(picture({ side: 65_535 }))],
    ['holds a picture of too many bytes', drawn(picture({ bytes: 262_500 }))],
    ['holds half a signature', drawn(picture().subarray(1))],
  ])('is not known where the answer %s', async (_, outcome) => {
    const { paymentCodes } = createScene([outcome]);
    expect(await paymentCodes.create(code)).toMatchObject({ kind: 'unknown' });
  });

  it.each([
    [{ amountMinor: 150_50n }],
    [{ reference: ' ' }],
    [{ reference: 'thirteen char' }],
    [{ payeeName: ' ' }],
    [{ sizePx: 99 }],
    [{ sizePx: 1_001 }],
    [{ sizePx: 300.5 }],
  ])('that cannot be is not asked for: %o', async (change) => {
    const { paymentCodes, sent } = createScene([drawn(picture())]);
    expect(await paymentCodes.create({ ...code, ...change })).toMatchObject({ kind: 'refused' });
    expect(sent).toEqual([]);
  });

  it('may be refused by the gateway', async () => {
    const { paymentCodes } = createScene([rejects(400, '400.002.02', 'Invalid CPI')]);
    const refused = { kind: 'refused', code: '400.002.02', description: 'Invalid CPI' };
    expect(await paymentCodes.create(code)).toMatchObject(refused);
  });
});
