import { err, ok, type Result } from '#kernel';
import type { NotKnown, PaymentCodes, Refused } from '../rail.ts';
import { unknownBecause } from '../words.ts';
import { mpesaCapabilities } from './capabilities.ts';
import type { MpesaClient } from './client.ts';
import type { MpesaConfig } from './config.ts';
import { paths, refusedHere, wholeShillingsWithin } from './requests.ts';
import { wordOfUnanswered } from './translate.ts';
import { paymentCodeAnswer } from './wire.ts';

const codeTimeoutMs = 15_000;
const sizePxMin = 100;
const sizePxMax = 1_000;
const payeeNameLengthMax = 64;
/** In base64; far above a picture of two colours and a thousand points a side. */
const pngTextLengthMax = 350_000;
/** A picture may be somewhat larger than it was ordered, but not as large as it likes. */
const pngSidePxMax = 4_096;

type CodeRequest = Parameters<PaymentCodes['create']>[0];

function codeBody(config: MpesaConfig, request: CodeRequest): Result<object, Refused> {
  const amount = wholeShillingsWithin(request.amountMinor, mpesaCapabilities.promptMinor);
  if (!amount.ok) return amount;
  const reference = request.reference.trim();
  const { referenceLengthMax } = mpesaCapabilities;
  if (reference === '' || reference.length > referenceLengthMax) {
    return err(refusedHere(`the reference is not 1 to ${referenceLengthMax} characters`));
  }
  const payeeName = request.payeeName.trim().slice(0, payeeNameLengthMax);
  if (payeeName === '') return err(refusedHere('the payee has no name'));
  const { sizePx } = request;
  if (!Number.isInteger(sizePx) || sizePx < sizePxMin || sizePx > sizePxMax) {
    return err(refusedHere(`the size is not ${sizePxMin} to ${sizePxMax} points`));
  }
  const isTill = config.transactionType === 'CustomerBuyGoodsOnline';
  return ok({
    MerchantName: payeeName,
    RefNo: reference,
    Amount: amount.value,
    TrxCode: isTill ? 'BG' : 'PB',
    CPI: isTill ? (config.partyB ?? config.shortCode) : config.shortCode,
    Size: String(sizePx),
  });
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const pngHeaderBytes = 24;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The picture, or undefined where the text is none that a browser should be given. */
export function pngOf(text: string): Buffer | undefined {
  if (text.length > pngTextLengthMax || !base64.test(text)) return undefined;
  const png = Buffer.from(text, 'base64');
  const isPicture =
    png.length > pngHeaderBytes &&
    png.subarray(0, pngSignature.length).equals(pngSignature) &&
    png.toString('latin1', 12, 16) === 'IHDR';
  if (!isPicture) return undefined;
  const sides = [png.readUInt32BE(16), png.readUInt32BE(20)];
  return sides.every((side) => side >= 1 && side <= pngSidePxMax) ? png : undefined;
}

/** Dynamic QR (Daraja 3.0, DynamicQRCode): a picture only, no money moves and nobody is asked. */
export function createPaymentCodes(config: MpesaConfig, client: MpesaClient): PaymentCodes {
  return {
    create: async (
      request,
    ): Promise<{ readonly kind: 'made'; readonly png: Buffer } | Refused | NotKnown> => {
      const body = codeBody(config, request);
      if (!body.ok) return body.error;
      const options = { timeoutMs: codeTimeoutMs };
      const exchange = await client.post(paths.paymentCode, body.value, options);
      if (exchange.kind !== 'answer') return wordOfUnanswered(exchange);
      // `ResponseCode` is an id in the documents and “00” in practice: the picture is what counts.
      const answer = paymentCodeAnswer.safeParse(exchange.json);
      if (!answer.success) return unknownBecause('an answer without a code');
      const png = pngOf(answer.data.QRCode);
      return png === undefined
        ? unknownBecause('a code that is no picture')
        : { kind: 'made', png };
    },
  };
}
