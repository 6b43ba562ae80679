import { lazy, Suspense, useState } from 'react';

import type { DialogProps } from './dialog-box.tsx';

const loadBox = () => import('./dialog-box.tsx');
const Box = lazy(async () => ({ default: (await loadBox()).DialogBox }));

/** Once the page is drawn: it opens at once then, and without a line. */
export async function fetchDialogs(): Promise<void> {
  try {
    await loadBox();
  } catch {
    // Tried again when one is opened.
  }
}

/** In front of the page, from below on a phone. Escape and a tap beside it close it. */
export function Dialog(props: DialogProps) {
  const { open } = props;
  const [wasOpen, setWasOpen] = useState(open);
  if (open && !wasOpen) setWasOpen(true);
  return (
    wasOpen && (
      <Suspense>
        <Box {...props} />
      </Suspense>
    )
  );
}
