import { useEffect } from 'react';

import { clock } from '../clock.ts';
import { lockIfIdle, touch } from './session.ts';

const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
const lookEveryMs = 5_000;

/** Covers the screen when nobody has touched it for a while: a phone left on the counter. */
export function useIdleLock(): void {
  useEffect(() => {
    let isTouched = true;
    const touched = (): void => {
      isTouched = true;
    };
    for (const sign of signs) addEventListener(sign, touched, { passive: true });
    let timer = clock.after(0, look);
    function look(): void {
      if (isTouched) touch();
      isTouched = false;
      lockIfIdle();
      timer = clock.after(lookEveryMs, look);
    }
    return () => {
      for (const sign of signs) removeEventListener(sign, touched);
      timer.cancel();
    };
  }, []);
}
