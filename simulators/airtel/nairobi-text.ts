import { compactNairobi, type EpochMs } from '#kernel';

/** `12-08-2024 21:29:26`; the zone is not documented, East Africa Time is assumed. */
export function nairobiText(at: EpochMs): string {
  const digits = compactNairobi(at);
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6, 8)];
  const [hour, minute, second] = [digits.slice(8, 10), digits.slice(10, 12), digits.slice(12)];
  return `${day}-${month}-${year} ${hour}:${minute}:${second}`;
}
