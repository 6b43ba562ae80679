import { checkAddress, type RailContext, reportMissing } from './combine-rail.ts';
import type { AirtelPin, AirtelSettings } from './config.ts';
import type { Flat } from './flat.ts';
import { airtelHosts } from './hosts.ts';
import type { Report } from './report.ts';

const credentialNames = ['AIRTEL_CLIENT_ID', 'AIRTEL_CLIENT_SECRET'] as const;

// Airtel asks for three minutes (sheet §7); in sandbox a demonstration should not fall silent.
const firstEnquiryDelayMs = { live: 180_000, sandbox: 5_000 } as const;

function pinOf(flat: Flat, report: Report): AirtelPin | undefined {
  const { AIRTEL_PIN: pin, AIRTEL_PIN_ENCRYPTED: ciphertext } = flat;
  if (pin !== undefined && ciphertext !== undefined) {
    report.error({
      name: 'AIRTEL_PIN_ENCRYPTED',
      cause: 'Both AIRTEL_PIN and AIRTEL_PIN_ENCRYPTED are set, and they may disagree.',
      fix: 'Keep one of them.',
    });
    return undefined;
  }
  if (pin !== undefined) return { kind: 'plain', pin };
  if (ciphertext !== undefined) return { kind: 'encrypted', ciphertext };
  report.warning({
    name: 'AIRTEL_PIN',
    cause: 'No PIN is set: Airtel Money payouts are off.',
    fix: 'Set AIRTEL_PIN to the payout PIN of the business wallet.',
  });
  return undefined;
}

function checkLive(flat: Flat, enquiryDelayMs: number, report: Report): void {
  if (enquiryDelayMs < firstEnquiryDelayMs.live) {
    report.warning({
      name: 'AIRTEL_FIRST_ENQUIRY_SECONDS',
      cause: `Asking after ${enquiryDelayMs / 1000} s is sooner than the 180 s Airtel asks for.`,
      fix: 'Remove AIRTEL_FIRST_ENQUIRY_SECONDS to wait three minutes.',
    });
  }
  if (flat.AIRTEL_CALLBACK_HASH_KEY === undefined) {
    report.warning({
      name: 'AIRTEL_CALLBACK_HASH_KEY',
      cause: 'Callbacks are not authenticated, so each of them costs an enquiry.',
      fix: 'Switch callback authentication on in Airtel’s portal and set its private key here.',
    });
  }
}

/** `undefined` where the rail is off or its settings cannot work; the report tells which. */
export function airtelOf(
  flat: Flat,
  { mode, isSimulated }: RailContext,
  report: Report,
): AirtelSettings | undefined {
  if (credentialNames.every((name) => flat[name] === undefined)) return undefined;
  reportMissing({ rail: 'Airtel', names: credentialNames, flat }, report);
  checkAddress({ name: 'AIRTEL_BASE_URL', address: flat.AIRTEL_BASE_URL, mode }, report);
  const pin = pinOf(flat, report);
  if (
    flat.AIRTEL_CALLBACK_HASH_RENDERING !== undefined &&
    flat.AIRTEL_CALLBACK_HASH_KEY === undefined
  ) {
    report.error({
      name: 'AIRTEL_CALLBACK_HASH_RENDERING',
      cause: 'AIRTEL_CALLBACK_HASH_RENDERING is set without a key to make the hash with.',
      fix: 'Set AIRTEL_CALLBACK_HASH_KEY, or remove AIRTEL_CALLBACK_HASH_RENDERING.',
    });
  }
  const firstEnquirySeconds = flat.AIRTEL_FIRST_ENQUIRY_SECONDS;
  const enquiryDelayMs =
    firstEnquirySeconds === undefined ? firstEnquiryDelayMs[mode] : firstEnquirySeconds * 1000;
  if (mode === 'live') checkLive(flat, enquiryDelayMs, report);
  if (flat.AIRTEL_AMOUNT_MIN > flat.AIRTEL_AMOUNT_MAX) {
    report.error({
      name: 'AIRTEL_AMOUNT_MIN',
      cause: 'AIRTEL_AMOUNT_MIN is above AIRTEL_AMOUNT_MAX, so no amount fits.',
      fix: 'Lower AIRTEL_AMOUNT_MIN or raise AIRTEL_AMOUNT_MAX.',
    });
  }
  const { AIRTEL_CLIENT_ID: clientId, AIRTEL_CLIENT_SECRET: clientSecret } = flat;
  const base64Der = flat.AIRTEL_PIN_PUBLIC_KEY;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return {
    baseUrl: flat.AIRTEL_BASE_URL ?? (isSimulated ? undefined : airtelHosts[mode]),
    clientId,
    clientSecret,
    country: flat.AIRTEL_COUNTRY,
    currency: flat.AIRTEL_CURRENCY,
    collectionVersion: flat.AIRTEL_COLLECTION_VERSION,
    payoutVersion: flat.AIRTEL_PAYOUT_VERSION,
    signing: flat.AIRTEL_SIGNING,
    keyPadding: flat.AIRTEL_KEY_PADDING,
    pinPadding: flat.AIRTEL_PIN_PADDING,
    pin,
    pinPublicKey: base64Der === undefined ? 'from-endpoint' : { base64Der },
    callbackHashKey: flat.AIRTEL_CALLBACK_HASH_KEY,
    pinnedHashRendering: flat.AIRTEL_CALLBACK_HASH_RENDERING,
    firstEnquiryDelayMs: enquiryDelayMs,
    transactionMinMinor: flat.AIRTEL_AMOUNT_MIN,
    transactionMaxMinor: flat.AIRTEL_AMOUNT_MAX,
    contract: flat.AIRTEL_FEES,
  };
}
