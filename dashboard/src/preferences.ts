import { useSyncExternalStore } from 'react';

import { languages, type Language } from './text/language.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** What belongs to this device and not to the business. */
export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  /** Minutes without a touch after which the screen asks for the key again; 0 for never. */
  readonly lockAfterMinutes: number;
}

export const lockChoices = [0, 2, 5, 15] as const;
const shelf = 'qmoi.preferences';

const usual: Preferences = {
  language: navigator.language.startsWith('sw') ? 'sw' : 'en',
  theme: 'system',
  lockAfterMinutes: 5,
};

/** Whatever somebody else wrote there is left out. */
function read(): Preferences {
  try {
    const kept: Partial<Record<keyof Preferences, unknown>> = JSON.parse(
      localStorage.getItem(shelf) ?? '{}',
    );
    return {
      language: languages.find((one) => one === kept.language) ?? usual.language,
      theme: themes.find((one) => one === kept.theme) ?? usual.theme,
      lockAfterMinutes:
        lockChoices.find((one) => one === kept.lockAfterMinutes) ?? usual.lockAfterMinutes,
    };
  } catch {
    return usual;
  }
}

let current = read();
const watching = new Set<() => void>();
const dark = matchMedia('(prefers-color-scheme: dark)');

function show(): void {
  const isDark = current.theme === 'dark' || (current.theme === 'system' && dark.matches);
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
  document.documentElement.lang = current.language;
  for (const tell of watching) tell();
}

export function prefer(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(shelf, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing: it holds until the page is left.
  }
  show();
}

/** Before anything is drawn, so that nothing flashes. */
export function applyPreferences(): void {
  dark.addEventListener('change', show);
  // Another tab.
  addEventListener('storage', ({ key }) => {
    if (key !== shelf) return;
    current = read();
    show();
  });
  show();
}

const watch = (tell: () => void): (() => void) => {
  watching.add(tell);
  return () => watching.delete(tell);
};
export const preferences = (): Preferences => current;
export const usePreferences = (): Preferences => useSyncExternalStore(watch, preferences);
