import { businessDateOf, compactNairobi, dayNumberOf, type EpochMs } from '#kernel';

import type { Language } from './language.ts';

// The browser's own forms need a tenth of a second on a phone, for the first date that is shown.
const months: Readonly<Record<Language, readonly string[]>> = {
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sept', 'Oct', 'Nov', 'Dec'],
  sw: ['Jan', 'Feb', 'Mac', 'Apr', 'Mei', 'Jun', 'Jul', 'Ago', 'Sep', 'Okt', 'Nov', 'Des'],
};

/** From Thursday on: the first of January 1970 was one. */
const weekdays: Readonly<Record<Language, readonly string[]>> = {
  en: ['Thursday', 'Friday', 'Saturday', 'Sunday', 'Monday', 'Tuesday', 'Wednesday'],
  sw: ['Alhamisi', 'Ijumaa', 'Jumamosi', 'Jumapili', 'Jumatatu', 'Jumanne', 'Jumatano'],
};

/** `14:05` in Nairobi. */
export function minuteOf(at: EpochMs): string {
  const stamp = compactNairobi(at);
  return `${stamp.slice(8, 10)}:${stamp.slice(10, 12)}`;
}

/** `14:05:09` in Nairobi. */
export const clockOf = (at: EpochMs): string => `${minuteOf(at)}:${compactNairobi(at).slice(12)}`;

/** `26 Nov 2026` in Nairobi. */
export function dayOf(at: EpochMs, language: Language): string {
  const [year = '', month, day] = businessDateOf(at).split('-');
  return `${Number(day)} ${months[language][Number(month) - 1] ?? ''} ${year}`;
}

/** `Thursday` in Nairobi. */
export const weekdayOf = (at: EpochMs, language: Language): string =>
  weekdays[language].at(dayNumberOf(businessDateOf(at)) % weekdays[language].length) ?? '';
