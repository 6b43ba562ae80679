import { createContext, useContext } from 'react';

export const languages = ['en', 'sw'] as const;
export type Language = (typeof languages)[number];

/** A sentence in both languages: the Swahili one has the same places to fill. */
export interface Text<Words> {
  readonly en: Words;
  readonly sw: Words;
}

/** Beside each page lie its words; that both languages have all of them, the compiler checks. */
export const textOf = <Words>(text: Text<Words>): Text<Words> => text;

export const LanguageContext = createContext<Language>('en');
export const useLanguage = (): Language => useContext(LanguageContext);
export const useText = <Words>(text: Text<Words>): Words => text[useLanguage()];

/** Kenyan forms: day before month, and twenty-four hours. */
export const localeOf = (language: Language): string => (language === 'sw' ? 'sw-KE' : 'en-KE');
