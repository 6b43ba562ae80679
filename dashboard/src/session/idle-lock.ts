import { useEffect } from 'react';

import { clock } from '../clock.ts';
import { usePreferences } from '../preferences.ts';
import { lock } from './session.ts';

const signs = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
const lookEveryMs = 5_000;

/** Covers the screen when nobody has touched it for a while: a phone left on the counter. */
export function useIdleLock(): void {
  const { lockAfterMinutes } = usePreferences();
  useEffect(() => {
    if (lockAfterMinutes === 0) return undefined;
    let touchedAt = clock.now();
    const touched = (): void => {
      touchedAt = clock.now();
    };
    for (const sign of signs) addEventListener(sign, touched, { passive: true });
    let timer = clock.after(lookEveryMs, look);
    function look(): void {
      if (clock.now() - touchedAt >= lockAfterMinutes * 60_000) lock();
      timer = clock.after(lookEveryMs, look);
    }
    return () => {
      for (const sign of signs) removeEventListener(sign, touched);
      timer.cancel();
    };
  }, [lockAfterMinutes]);
}
