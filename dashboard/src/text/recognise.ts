import { decimalOf, parseAmountMinor, parseMsisdn } from '#kernel';

/** What somebody typed or pasted, as far as it can be told. */
export type Recognised =
  | { readonly kind: 'nothing' }
  /** Too short, or not of any form: there may be more to come. */
  | { readonly kind: 'unclear' }
  | { readonly kind: 'phone'; readonly phone: string }
  | { readonly kind: 'amount'; readonly decimal: string }
  | { readonly kind: 'receipt'; readonly receipt: string };

const amountForm = /^(?:kes|kshs?|sh)?\.?(\d{1,3}(?:,\d{3})+|\d{1,10})(\.\d{1,2})?(?:\/[-=])?$/i;
/** M-Pesa's may have no digit in it. */
const receiptForm = /^(?:[a-z]{10}|(?=.*[a-z])(?=.*\d)[\w.-]{6,60})$/i;
/** A receipt in a provider's message: after Airtel's `TID`, or ten characters of M-Pesa's. */
const airtelInMessage = /\bT(?:xn|rans)?\.?\s*ID\s*[:.]?\s*([\w.-]{6,60}\w)/i;
const mpesaInMessage = /\b(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{10}\b/;
/** What stands before this word is its receipt, of whichever characters. */
const mpesaConfirmed = /\b([A-Z0-9]{10})\s+(?:CONFIRMED|IMETHIBITISHWA)\b/;
const isMessage = (text: string): boolean => /[a-z]{3,}\s+\S+\s+\S+/i.test(text);

export function recognise(typed: string): Recognised {
  const text = typed.trim();
  if (text === '') return { kind: 'nothing' };
  if (isMessage(text)) {
    const inCapitals = text.toUpperCase();
    const [receipt] =
      airtelInMessage.exec(text)?.slice(1) ??
      mpesaConfirmed.exec(inCapitals)?.slice(1) ??
      mpesaInMessage.exec(inCapitals) ??
      [];
    return receipt === undefined ? { kind: 'unclear' } : { kind: 'receipt', receipt };
  }
  const phone = parseMsisdn(text);
  if (phone.ok) return { kind: 'phone', phone: `0${phone.value.slice(3)}` };
  const bare = text.replaceAll(/\s/g, '');
  const amount = amountForm.exec(bare);
  // What begins with a nought, or with a country code, is a phone number that is still being typed.
  if (amount !== null && !/^(?:0|\+?2547|\+?2541)/.test(bare)) {
    const minor = parseAmountMinor(`${(amount[1] ?? '').replaceAll(',', '')}${amount[2] ?? ''}`);
    if (minor.ok && minor.value > 0n) return { kind: 'amount', decimal: decimalOf(minor.value) };
  }
  if (receiptForm.test(bare)) return { kind: 'receipt', receipt: bare.toUpperCase() };
  return { kind: 'unclear' };
}
