import { useSyncExternalStore } from 'react';

const wide = matchMedia('(min-width: 64rem)');
const watch = (tell: () => void): (() => void) => {
  wide.addEventListener('change', tell);
  return () => wide.removeEventListener('change', tell);
};

/** Whether two columns have room beside each other. */
export const useWide = (): boolean => useSyncExternalStore(watch, () => wide.matches);
