import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode, RefObject } from 'react';

import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
  /** Where the keyboard is when it opens; its first control unless said. */
  readonly focusFirst?: RefObject<HTMLElement | null>;
}

export function DialogBox({ open, onClose, title, lead, children, focusFirst }: DialogProps) {
  const w = useText(words);
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => void (isOpen || onClose())}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-[oklch(0.15_0.02_262/0.55)]" />
        <Base.Popup
          {...(focusFirst === undefined ? {} : { initialFocus: focusFirst })}
          className="bg-card text-ink border-line fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] overflow-y-auto rounded-t-lg border p-4 pb-8 shadow-lg md:inset-x-auto md:top-1/2 md:bottom-auto md:left-1/2 md:w-full md:max-w-lg md:-translate-x-1/2 md:-translate-y-1/2 md:rounded-lg md:p-6"
        >
          <div className="flex items-start justify-between gap-4">
            <Base.Title className="text-lg font-semibold">{title}</Base.Title>
            <Base.Close
              aria-label={w.close}
              className="text-soft hover:bg-sunk -m-2 flex size-11 shrink-0 items-center justify-center rounded-md"
            >
              <svg aria-hidden viewBox="0 0 20 20" className="size-5">
                <path
                  d="M4 4l12 12M16 4L4 16"
                  stroke="currentColor"
                  strokeWidth="2"
                  strokeLinecap="round"
                />
              </svg>
            </Base.Close>
          </div>
          {lead !== undefined && (
            <Base.Description render={<div />} className="text-soft mt-1 text-sm">
              {lead}
            </Base.Description>
          )}
          <div className="mt-4 flex flex-col gap-4">{children}</div>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
