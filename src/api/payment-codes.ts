import type { ChargeId, Clock, EpochMs, RailId } from '#kernel';
import type { Charge } from '#billing';
import type { PaymentCodes } from '#rails';

import type { ApiDeps } from './deps.ts';

/** A code as the provider drew it; undefined where it did not. */
export type DrawnCode = Buffer | undefined;

interface Kept {
  readonly drawnAt: EpochMs;
  readonly code: Promise<DrawnCode>;
}

const sizePx = 300;
/** Ten megabytes at most are kept. */
const codesMax = 100;
const codeBytesMax = 100 * 1024;
/** A provider that drew none is not asked again for a while. */
const failureRememberedMs = 60_000;
const pngSignature = Buffer.from('89504e470d0a1a0a', 'hex');

/** Whatever else comes is not handed to a payer's browser. */
const isPng = (bytes: Buffer): boolean =>
  bytes.length <= codeBytesMax && bytes.subarray(0, pngSignature.length).equals(pngSignature);

/** The provider's own codes to pay a charge by, each drawn once. Nothing is drawn by us. */
export function createPaymentCodeCache(
  deps: Pick<ApiDeps, 'rails' | 'businessName'> & { readonly clock: Pick<Clock, 'now'> },
) {
  const { clock } = deps;
  const kept = new Map<ChargeId, Kept>();

  const draw = async (charge: Charge, codes: PaymentCodes): Promise<DrawnCode> => {
    const answer = await codes.create({
      amountMinor: charge.amountMinor,
      reference: charge.reference,
      payeeName: deps.businessName,
      sizePx,
    });
    return answer.kind === 'made' && isPng(answer.png) ? answer.png : undefined;
  };

  const keep = (charge: Charge, codes: PaymentCodes): Promise<DrawnCode> => {
    const code = draw(charge, codes);
    kept.set(charge.id, { drawnAt: clock.now(), code });
    code.catch(() => kept.delete(charge.id));
    for (const id of kept.keys()) {
      if (kept.size <= codesMax) break;
      kept.delete(id);
    }
    return code;
  };

  return {
    codeFor: async (charge: Charge, rail: RailId): Promise<DrawnCode> => {
      const codes = deps.rails.get(rail)?.paymentCodes;
      if (codes === undefined) return undefined;
      const known = kept.get(charge.id);
      const code = await known?.code;
      if (code !== undefined) return code;
      if (known !== undefined && clock.now() - known.drawnAt < failureRememberedMs)
        return undefined;
      return keep(charge, codes);
    },
  };
}
