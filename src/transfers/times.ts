import { compactNairobi, type EpochMs } from '#kernel';

/** `2026-11-26 14:05` in Nairobi, for refusals that say when something ends. */
export function nairobiTime(at: EpochMs): string {
  const digits = compactNairobi(at);
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`;
  return `${day} ${digits.slice(8, 10)}:${digits.slice(10, 12)}`;
}
