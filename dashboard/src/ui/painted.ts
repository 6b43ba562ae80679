import { startTransition, useEffect, useState } from 'react';

import { clock } from '../clock.ts';

let hasPainted = false;
/** A page in the background is not painted: it waits no longer than this. */
const paintMsMax = 500;

/**
 * False until the browser has painted what was drawn first, and true ever after: whoever comes back
 * to a page finds it whole. React gives way to the browser while it draws on, but a browser that
 * has nothing on the screen yet takes its time, and on a slow phone the rest is drawn before it.
 */
export function useHasPainted(): boolean {
  const [isPast, setPast] = useState(hasPainted);
  useEffect(() => {
    if (isPast) return undefined;
    const goOn = (): void => {
      hasPainted = true;
      startTransition(() => setPast(true));
    };
    const latest = clock.after(paintMsMax, goOn);
    let afterwards = latest;
    // The frame's own call comes before it is painted, and what that puts off comes after.
    const frame = requestAnimationFrame(() => {
      afterwards = clock.after(0, goOn);
    });
    return () => {
      cancelAnimationFrame(frame);
      afterwards.cancel();
      latest.cancel();
    };
  }, [isPast]);
  return isPast;
}
