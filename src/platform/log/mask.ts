import { idPrefixes, maskMsisdn, parseMsisdn, type Secret } from '#kernel';

export const placeholder = '[secret]';

/** Longer texts are cut: a log line is no place for a payload. */
export const textLengthMax = 8_192;

/** What is looked at at all: a stranger's payload must not keep the engine busy. */
const readLengthMax = 2 * textLengthMax;
/** What a cut at `readLengthMax` may have left of a secret. */
const tailLength = 1_024;

// A short secret, a PIN say, would hide every equal number in the log; names guard those.
const exactLengthMin = 8;

interface Rule {
  readonly pattern: RegExp;
  readonly replace: (match: string, ...groups: string[]) => string;
}

const hidden = (): string => placeholder;
const keepName = (_match: string, name = ''): string => `${name}${placeholder}`;

/** Words that name a secret, in a property's name or before `=` or `:` in a text. */
const secretWords =
  'pass(?:word|wd|phrase|key)|secret|token|authori[sz]ation|cookie|credential|api[_-]?key' +
  '|private[_-]?key|master[_-]?key|consumer[_-]?key|hash[_-]?key|key[_-]?hash|otp|totp|signature' +
  '|session[_-]?id|recovery[_-]?code';
const secretName = new RegExp(`${secretWords}|^pin$|[_-]pin$|Pin$|^x-key$`, 'i');

const rules: readonly Rule[] = [
  { pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END|$)/g, replace: hidden },
  { pattern: /\b((?:Bearer|Basic)\s+)[\w.~+/=:-]+/gi, replace: keepName },
  // Daraja repeats the refused token in its own error text (sheet §1.2, 401.002.01).
  { pattern: /(Access Token\s*-\s*)\S+/gi, replace: keepName },
  // Credentials inside an address: postgres://user:password@host.
  { pattern: /(:\/\/)[^/?#\s]+(?=@)/g, replace: keepName },
  { pattern: /\$argon2(?:id|i|d)\$[^\s"']+/g, replace: hidden },
  { pattern: /\beyJ[\w-]{1,2048}\.[\w-]{1,4096}\.[\w-]{0,2048}/g, replace: hidden },
  {
    pattern: new RegExp(
      String.raw`([\w-]{0,40}(?:${secretWords}|\bpin)[\w-]{0,40}\\?["']?\s*[:=]\s*)` +
        String.raw`(?!\[secret\])(?:\\?"(?:[^"\\]|\\[^"])*\\?"|'[^']*'|[^\s,;&"'{}[\]]+)`,
      'gi',
    ),
    replace: keepName,
  },
];

// Long runs of mixed letters and digits are keys or tokens; a UUID or a hex digest has one case.
const longRun = /[\w+-]{32,}={0,2}/g;
const isMixed = (run: string): boolean =>
  /\d/.test(run) &&
  /[a-z]/.test(run) &&
  /[A-Z]/.test(run) &&
  !/^(?:ws_CO_\d+|AG_\d{8}_[0-9a-f]+)$/.test(run);

const gap = String.raw`[\s\-().]{0,4}`;
const prefix = String.raw`(?<!\d)(?:\+?2${gap}5${gap}4${gap}|0${gap})?`;
const phone = String.raw`${prefix}[17](?:${gap}\d){8}(?!\d)`;
// What only looks like a number with gaps is found first and kept: addresses, dates, and ids and
// digests, in which nine digits may follow each other by chance.
// More digits after a gap may belong to a number that only begins like an address or a date.
const end = String.raw`(?!${gap}\d)`;
const octet = String.raw`(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)`;
const keepers = [
  String.raw`(?<![\d.])${octet}(?:\.${octet}){3}${end}`,
  String.raw`(?<!\d)\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?${end}`,
  String.raw`\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`,
  String.raw`\bAG_\d{8}_[0-9a-f]{20}\b`,
  String.raw`\b(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})\b`,
  String.raw`\b(?:${Object.values(idPrefixes).join('|')})_[0-9A-HJKMNP-TV-Z]{13}\b`,
].join('|');
const keptOrPhone = new RegExp(`(${keepers})|${phone}`, 'g');
// A CheckoutRequestID ends in the payer's nine national digits (sheet §1.4).
const checkoutRequestId = /(ws_CO_\d+?)\d{6}(\d{3})(?!\d)/g;

function maskPhone(text: string): string {
  const parsed = parseMsisdn(text.replaceAll(/\D/g, '').slice(-9));
  return parsed.ok ? maskMsisdn(parsed.value) : '•••••••••';
}

export type MaskText = (text: string) => string;

/** True where whatever stands under this name is hidden, whatever it looks like. */
export const isSecretName = (name: string): boolean => secretName.test(name);

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`);

function exactRule(secrets: readonly Secret<string>[]): readonly Rule[] {
  const texts = secrets
    .map((secret) => secret.reveal())
    .filter((text) => text.length >= exactLengthMin)
    // As it is, as JSON writes it inside a text, and as an address does.
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])
    // The longest first, so that no secret survives as the tail of another.
    .toSorted((a, b) => b.length - a.length);
  if (texts.length === 0) return [];
  return [{ pattern: new RegExp(texts.map(escaped).join('|'), 'g'), replace: hidden }];
}

/**
 * Hides the given secrets, what looks like a secret and every Kenyan phone number. It would rather
 * hide a harmless number than show a customer's.
 */
export function createMask(secrets: readonly Secret<string>[] = []): MaskText {
  const all = [...exactRule(secrets), ...rules];
  return (whole) => {
    const text = whole.slice(0, readLengthMax);
    const withoutSecrets = all
      .reduce((rest, { pattern, replace }) => rest.replaceAll(pattern, replace), text)
      .replaceAll(longRun, (run) => (isMixed(run) ? placeholder : run));
    const masked = withoutSecrets
      .replaceAll(checkoutRequestId, '$1•••••$2')
      .replaceAll(keptOrPhone, (match: string, kept: string | undefined) =>
        kept === undefined ? maskPhone(match) : match,
      );
    // Half a secret at a cut no longer looks like one, so what is kept ends well before it.
    const kept = text === whole ? masked : masked.slice(0, -tailLength);
    return kept.length < masked.length || kept.length > textLengthMax
      ? `${kept.slice(0, textLengthMax)}…`
      : kept;
  };
}
