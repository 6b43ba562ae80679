import { checkAddress, type RailContext, reportMissing } from './combine-rail.ts';
import type { Mode, MpesaSettings } from './config.ts';
import type { Flat } from './flat.ts';
import { mpesaHosts, publicSandbox } from './hosts.ts';
import type { Report } from './report.ts';

const credentialNames = [
  'MPESA_CONSUMER_KEY',
  'MPESA_CONSUMER_SECRET',
  'MPESA_BUSINESS_SHORTCODE',
  'MPESA_PASSKEY',
] as const;

/** Safaricom's public test values belong to nobody: money sent there is not this business's. */
function checkPublicSandbox(flat: Flat, report: Report): void {
  const isPublic = {
    MPESA_BUSINESS_SHORTCODE: flat.MPESA_BUSINESS_SHORTCODE === publicSandbox.shortCode,
    MPESA_PASSKEY: flat.MPESA_PASSKEY?.reveal() === publicSandbox.passkey,
    MPESA_INITIATOR_PASSWORD:
      flat.MPESA_INITIATOR_PASSWORD?.reveal() === publicSandbox.initiatorPassword,
  };
  for (const [name] of Object.entries(isPublic).filter(([, isSet]) => isSet)) {
    report.error({
      name,
      cause: `${name} is that of Safaricom’s public sandbox, but QMOI_MODE is live.`,
      fix: `Set ${name} to your own, from the go-live e-mail, or set QMOI_MODE=sandbox.`,
    });
  }
}

function checkEnvironment(flat: Flat, mode: Mode, report: Report): void {
  const environment = flat.MPESA_ENVIRONMENT;
  const expected = mode === 'live' ? 'production' : 'sandbox';
  if (environment === undefined || environment === expected) return;
  report.error({
    name: 'MPESA_ENVIRONMENT',
    cause: `MPESA_ENVIRONMENT is ${environment}, but QMOI_MODE is ${mode}.`,
    fix: `Remove MPESA_ENVIRONMENT, or set QMOI_MODE=${mode === 'live' ? 'sandbox' : 'live'}.`,
  });
}

const isTill = (flat: Flat): boolean => flat.MPESA_TRANSACTION_TYPE === 'CustomerBuyGoodsOnline';

function checkTill(flat: Flat, report: Report): void {
  // Accepted by Daraja at once and failed later with 2028 or SFC_IC0003 (sheet §2).
  if (isTill(flat) && flat.MPESA_TILL_NUMBER === undefined) {
    report.error({
      name: 'MPESA_TILL_NUMBER',
      cause: 'CustomerBuyGoodsOnline pays to a till, but MPESA_TILL_NUMBER is missing.',
      fix: 'Set MPESA_TILL_NUMBER, or MPESA_TRANSACTION_TYPE=CustomerPayBillOnline.',
    });
  }
  if (!isTill(flat) && flat.MPESA_TILL_NUMBER !== undefined) {
    report.warning({
      name: 'MPESA_TILL_NUMBER',
      cause: 'MPESA_TILL_NUMBER is set, but payments go to the paybill.',
      fix: 'Set MPESA_TRANSACTION_TYPE=CustomerBuyGoodsOnline if customers pay to the till.',
    });
  }
}

const initiatorNames = ['MPESA_INITIATOR_NAME', 'MPESA_INITIATOR_PASSWORD'] as const;

function checkInitiator(flat: Flat, usesSimulator: boolean, report: Report): void {
  const { MPESA_INITIATOR_NAME: name, MPESA_INITIATOR_PASSWORD: password } = flat;
  const named = [name, password, flat.MPESA_CERTIFICATE_FILE].filter((part) => part !== undefined);
  if (named.length === 0) {
    report.warning({
      name: 'MPESA_INITIATOR_NAME',
      cause: 'No API operator is set: M-Pesa payouts, status queries and reversals are off.',
      fix: 'Set MPESA_INITIATOR_NAME, MPESA_INITIATOR_PASSWORD and MPESA_CERTIFICATE_FILE.',
    });
    return;
  }
  const needed = usesSimulator
    ? initiatorNames
    : [...initiatorNames, 'MPESA_CERTIFICATE_FILE' as const];
  const missing = needed.filter((part) => flat[part] === undefined);
  for (const part of missing) {
    report.error({
      name: part,
      cause: `${part} is missing, although the API operator is partly set.`,
      fix: `Set ${part}, or remove ${needed.join(', ')} to leave payouts off.`,
    });
  }
  // Daraja 3.0 refuses parentheses in an operator's password (sheet §4.0).
  if (password !== undefined && /[()]/.test(password.reveal())) {
    report.error({
      name: 'MPESA_INITIATOR_PASSWORD',
      cause: 'MPESA_INITIATOR_PASSWORD has a parenthesis in it, which Daraja refuses.',
      fix: 'Set a new password in the M-Pesa organisation portal; # & % $ are safe.',
    });
  }
}

function checkPaybillPlan(flat: Flat, report: Report): void {
  if (flat.MPESA_PAYBILL_PLAN === undefined || !isTill(flat)) return;
  report.warning({
    name: 'MPESA_PAYBILL_PLAN',
    cause: 'MPESA_PAYBILL_PLAN is set, but payments go to the till, which no plan is for.',
    fix: 'Remove MPESA_PAYBILL_PLAN, or set MPESA_TRANSACTION_TYPE=CustomerPayBillOnline.',
  });
}

function checkPayoutVersion(flat: Flat, report: Report): void {
  if (flat.MPESA_PAYOUT_VERSION === 'v3') return;
  report.warning({
    name: 'MPESA_PAYOUT_VERSION',
    cause: 'Version v1 of the payout API has no id of ours, so Safaricom cannot refuse a repeat.',
    fix: 'Keep v1 only if Daraja answers v3 with 403.002.1001 for this short code.',
  });
}

/** `undefined` where the rail is off or its settings cannot work; the report tells which. */
export function mpesaOf(
  flat: Flat,
  { mode, isSimulated, securityKeyPem }: RailContext,
  report: Report,
): MpesaSettings | undefined {
  if (credentialNames.every((name) => flat[name] === undefined)) return undefined;
  reportMissing({ rail: 'M-Pesa', names: credentialNames, flat }, report);
  checkAddress({ name: 'MPESA_BASE_URL', address: flat.MPESA_BASE_URL, mode }, report);
  checkEnvironment(flat, mode, report);
  checkTill(flat, report);
  checkPaybillPlan(flat, report);
  checkPayoutVersion(flat, report);
  if (mode === 'live') checkPublicSandbox(flat, report);
  const baseUrl = flat.MPESA_BASE_URL ?? (isSimulated ? undefined : mpesaHosts[mode]);
  checkInitiator(flat, baseUrl === undefined, report);
  const {
    MPESA_CONSUMER_KEY: consumerKey,
    MPESA_CONSUMER_SECRET: consumerSecret,
    MPESA_BUSINESS_SHORTCODE: shortCode,
    MPESA_PASSKEY: passkey,
  } = flat;
  if (consumerKey === undefined || consumerSecret === undefined) return undefined;
  if (shortCode === undefined || passkey === undefined) return undefined;
  return {
    environment: flat.MPESA_ENVIRONMENT ?? (mode === 'live' ? 'production' : 'sandbox'),
    baseUrl,
    consumerKey,
    consumerSecret,
    shortCode,
    partyB: isTill(flat) ? flat.MPESA_TILL_NUMBER : undefined,
    transactionType: flat.MPESA_TRANSACTION_TYPE,
    passkey,
    initiatorName: flat.MPESA_INITIATOR_NAME,
    initiatorPassword: flat.MPESA_INITIATOR_PASSWORD,
    initiatorPasswordSetOn: flat.MPESA_INITIATOR_PASSWORD_SET_ON,
    securityKeyPem,
    payoutVersion: flat.MPESA_PAYOUT_VERSION,
    payoutCommand: flat.MPESA_PAYOUT_COMMAND,
    notificationVersion: flat.MPESA_NOTIFICATION_VERSION,
    responseType: flat.MPESA_RESPONSE_TYPE,
    sourceAddresses: flat.MPESA_SOURCE_ADDRESSES,
    enforceSourceAddresses: flat.MPESA_SOURCE_ADDRESS_CHECK ?? mode === 'live',
    nominatedNumber: flat.MPESA_PULL_NUMBER,
    paybillPlan: flat.MPESA_PAYBILL_PLAN,
  };
}
