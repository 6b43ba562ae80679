import { err, ok, type Result } from '#kernel';
import type { SimulatorConfig } from './config.ts';
import { type Body, looseText, oneOf, parseFields, textField, wholeKes } from './fields.ts';
import type { WireAnswer } from './gateway.ts';
import { pictureOf } from './png.ts';
import { type GatewayRefusal, invalidField } from './refusals.ts';
import type { WireIds } from './wire-ids.ts';

export interface Qr {
  generate(body: Body): Result<WireAnswer, GatewayRefusal>;
}

const sizePxMax = 1000;
/** Buy goods, withdraw at an agent, paybill, send to a phone, send to a business (documented). */
const kinds = ['BG', 'WA', 'PB', 'SM', 'SB'] as const;

/** Whose the code is: only our own paybill and till are known here (assumed to be refused). */
const isOurs = (kind: string, party: string, config: SimulatorConfig): boolean => {
  if (kind === 'PB') return party === config.shortCode;
  return kind !== 'BG' || party === config.tillNumber;
};

/** Dynamic QR: a picture at once, no callback, no money. */
export function createQr({ config, ids }: { config: SimulatorConfig; ids: WireIds }): Qr {
  return {
    generate: (body) => {
      const parsed = parseFields({
        name: textField(body, 'MerchantName', { min: 1, max: 100 }),
        reference: textField(body, 'RefNo', { min: 1, max: 20 }),
        amountKes: wholeKes(body, 'Amount'),
        kind: oneOf(body, 'TrxCode', kinds),
        party: textField(body, 'CPI', { min: 1, max: 20 }),
        size: textField(body, 'Size', { min: 1, max: 4 }),
      });
      if (!parsed.ok) return err(invalidField('qr', parsed.error));
      const { kind, party, size } = parsed.value;
      const sidePx = Number(size);
      const fits = Number.isInteger(sidePx) && sidePx >= 1 && sidePx <= sizePxMax;
      if (!fits) return err(invalidField('qr', 'Size'));
      if (!isOurs(kind, party, config)) return err(invalidField('qr', 'CPI'));
      const fields = ['TrxCode', 'CPI', 'Amount', 'RefNo'].map((field) => looseText(body, field));
      return ok({
        body: {
          // An `AG_…` id in the documents, “00” in practice (observed).
          ResponseCode: '00',
          RequestID: ids.requestId(),
          ResponseDescription: 'QR Code Successfully Generated.',
          QRCode: pictureOf(fields.join('|'), sidePx).toString('base64'),
        },
      });
    },
  };
}
