import type { SheetKind } from './sheet.ts';

/** What a file is by its first bytes: names lie, and browsers guess content types from names. */
export type Detected = SheetKind | 'old-office' | 'zip' | 'binary';

const startsWith = (file: Buffer, bytes: readonly number[], at = 0): boolean =>
  bytes.every((byte, n) => file[at + n] === byte);

const zipMagic = [0x50, 0x4b, 0x03, 0x04];
// Compound File Binary: .xls, and also every workbook that Excel has put a password on.
const compoundMagic = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/** A PDF may begin with up to 1 KiB of something else (ISO 32000-1, annex H, note 13). */
const pdfWithin = 1024;
const looked = 64 * 1024;

export function detect(file: Buffer): Detected {
  if (startsWith(file, zipMagic)) return file.includes('xl/') ? 'xlsx' : 'zip';
  if (startsWith(file, compoundMagic)) return 'old-office';
  if (file.subarray(0, pdfWithin).includes('%PDF-')) return 'pdf';
  return isText(file.subarray(0, looked)) ? 'csv' : 'binary';
}

/** UTF-16 has a null byte in every other place; in any other text a null byte is out of place. */
export type Utf16 = 'utf-16le' | 'utf-16be';

export function utf16Of(head: Buffer): Utf16 | undefined {
  if (startsWith(head, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(head, [0xfe, 0xff])) return 'utf-16be';
  const pairs = Math.min(Math.floor(head.length / 2), 500);
  if (pairs === 0) return undefined;
  let low = 0;
  let high = 0;
  for (let n = 0; n < pairs; n += 1) {
    if (head[2 * n] === 0) high += 1;
    if (head[2 * n + 1] === 0) low += 1;
  }
  if (low > pairs * 0.8 && high === 0) return 'utf-16le';
  return high > pairs * 0.8 && low === 0 ? 'utf-16be' : undefined;
}

function isText(head: Buffer): boolean {
  if (utf16Of(head) !== undefined) return true;
  const strange = head.filter((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte));
  return strange.length === 0;
}
