import { useSyncExternalStore } from 'react';

const widthFrom = (width: string): (() => boolean) => {
  const media = matchMedia(`(min-width: ${width})`);
  const watch = (tell: () => void): (() => void) => {
    media.addEventListener('change', tell);
    return () => media.removeEventListener('change', tell);
  };
  return () => useSyncExternalStore(watch, () => media.matches);
};

/** Whether the navigation has room beside the page: `md` in class names. */
export const useMedium = widthFrom('48rem');

/** Whether two columns have room beside each other: `lg` in class names. */
export const useWide = widthFrom('64rem');
