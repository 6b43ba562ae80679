import { useEffect, useRef } from 'react';

/** What a key does; answers whether it did anything. */
export type Keys = Readonly<Record<string, (event: KeyboardEvent) => boolean>>;

/** What is said in passing calls itself a dialog too, but stands in nobody's way. */
const inFront = '[role="dialog"]:not([aria-modal="false"])';
const typing = 'input, textarea, select, [contenteditable="true"]';

/** Keys of the whole page: not while somebody types, nor while a dialog is in front. */
export function useKeys(keys: Keys): void {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const { target } = event;
      if (target instanceof Element && target.closest(typing) !== null) return;
      if (document.querySelector(inFront) !== null) return;
      if (latest.current[event.key]?.(event) === true) event.preventDefault();
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, []);
}

/** On a control of its own a key is that control's. */
export const isOnControl = ({ target }: KeyboardEvent): boolean =>
  target instanceof Element && target.closest('a, button, summary, [role="button"]') !== null;
