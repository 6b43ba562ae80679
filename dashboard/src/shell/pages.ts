import type { IconName } from '../ui/icon.tsx';

/** Every page there is, in the order of the navigation. Its name is `words[name]`. */
export const pages = [
  { name: 'today', path: '/' },
  { name: 'counter', path: '/counter' },
  { name: 'payments', path: '/payments' },
  { name: 'exceptions', path: '/exceptions' },
  { name: 'transfers', path: '/transfers' },
  { name: 'targets', path: '/targets' },
  { name: 'streams', path: '/streams' },
  { name: 'reconciliation', path: '/reconciliation' },
  { name: 'audit', path: '/audit' },
  { name: 'system', path: '/system' },
  { name: 'settings', path: '/settings' },
  { name: 'support', path: '/support' },
] as const satisfies readonly { name: IconName; path: string }[];
export type PageEntry = (typeof pages)[number];

/** What a thumb reaches on a phone, under a shorter name; the rest is one tap further. */
const nearNames = ['today', 'counter', 'payments', 'exceptions'] as const;
export const nearPages = nearNames.map(
  (name) => ({ name, path: name === 'today' ? '/' : `/${name}` }) as const,
);
export const farPages = pages.filter(({ name }) => !nearNames.some((near) => near === name));
