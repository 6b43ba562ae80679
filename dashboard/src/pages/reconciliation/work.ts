import { useEffect, useRef, useState } from 'react';

import type { StatementPreviewView, StatementView } from '#api/contract';

import { ProblemError, queryOf } from '../../api/client.ts';
import { upload } from '../../api/upload.ts';

/** How far the import of a file is. Nothing is booked before `booking`. */
export type Work =
  | { readonly kind: 'idle' }
  | { readonly kind: 'unfit'; readonly why: 'tooLarge' | 'empty' }
  | { readonly kind: 'sending'; readonly file: File; readonly share: number }
  | { readonly kind: 'locked'; readonly file: File; readonly isWrong: boolean }
  | { readonly kind: 'refused'; readonly error: unknown }
  | { readonly kind: 'seen'; readonly preview: StatementPreviewView }
  | { readonly kind: 'done'; readonly statement: StatementView };

/** What the engine reads at most. */
const fileBytesMax = 32 * 1024 * 1024;

export function useWork() {
  const [work, setWork] = useState<Work>({ kind: 'idle' });
  const line = useRef<AbortController | undefined>(undefined);
  // Whoever leaves the page takes a half-sent file with them.
  useEffect(() => () => line.current?.abort(), []);

  const send = async (file: File, password: string | undefined): Promise<void> => {
    line.current?.abort();
    const mine = new AbortController();
    line.current = mine;
    setWork({ kind: 'sending', file, share: 0 });
    try {
      const preview = await upload<StatementPreviewView>(
        `/statements/preview${queryOf({ name: file.name.slice(0, 300) })}`,
        {
          file,
          headers:
            password === undefined ? {} : { 'x-statement-password': encodeURIComponent(password) },
          onSent: (share) => {
            if (!mine.signal.aborted) setWork({ kind: 'sending', file, share });
          },
          signal: mine.signal,
        },
      );
      setWork({ kind: 'seen', preview });
    } catch (error) {
      if (mine.signal.aborted) return;
      const isLocked = error instanceof ProblemError && error.kind === 'statement-locked';
      setWork(
        isLocked
          ? { kind: 'locked', file, isWrong: password !== undefined }
          : { kind: 'refused', error },
      );
    }
  };

  return {
    work,
    take: (file: File): void => {
      // What is still being sent would take the place of what is said of this one.
      line.current?.abort();
      if (file.size === 0) setWork({ kind: 'unfit', why: 'empty' });
      else if (file.size > fileBytesMax) setWork({ kind: 'unfit', why: 'tooLarge' });
      else void send(file, undefined);
    },
    unlock: (file: File, password: string): void => void send(file, password),
    done: (statement: StatementView): void => setWork({ kind: 'done', statement }),
    drop: (): void => {
      line.current?.abort();
      setWork({ kind: 'idle' });
    },
  };
}
