import { disbursementCodes, esb, router } from './codes.ts';
import { paddings } from './config.ts';
import type { Context } from './context.ts';
import { type Answer, envelopeC, refusalA } from './envelopes.ts';
import type { Keys } from './keys.ts';
import { numberIn } from './store.ts';

export interface PinGuard {
  /** The refusal, or nothing when the PIN is right and the wallet is not locked. */
  refusalOf(encrypted: string): Answer | undefined;
  isLocked(): boolean;
  unlock(): void;
}

/**
 * The business wallet's PIN. Any of the paddings is taken, because the documents name different
 * ones (sheet §10.2); that too many wrong PINs lock the wallet is assumed.
 */
export function createPinGuard({ config, store }: Context, keys: Keys): PinGuard {
  const wrongPins = (): number => {
    const row = store.get("select value from meta where name = 'wrong-pin'");
    return row === undefined ? 0 : numberIn(row, 'value');
  };
  const forgive = (): void => store.run("delete from meta where name = 'wrong-pin'");
  const isLocked = (): boolean => wrongPins() >= config.wrongPinsMax;
  const decrypted = (encrypted: string): string | undefined =>
    paddings
      .map((padding) => keys.decrypt(encrypted, padding)?.toString('latin1'))
      .find((pin) => pin !== undefined && /^\d{4}$/.test(pin));
  return {
    isLocked,
    unlock: forgive,
    refusalOf: (encrypted) => {
      if (isLocked()) {
        return refusalA({
          message: 'Payer is not allowed to perform this transaction',
          result: esb.failed,
          response: disbursementCodes.payerNotAllowed,
        });
      }
      const pin = decrypted(encrypted);
      if (pin === undefined) {
        return envelopeC(router.incorrectEncryptedPin, 'Incorrect encrypted PIN');
      }
      if (pin === config.pin.reveal()) {
        forgive();
        return undefined;
      }
      store.next('wrong-pin');
      return envelopeC(router.incorrectPin, 'Incorrect PIN');
    },
  };
}
