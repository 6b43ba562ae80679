import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { ProblemNote } from './problem-note.tsx';

interface AnswerProps<Data> {
  readonly query: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
  /** As tall as what is coming, so that nothing jumps. */
  readonly lines?: number;
}

/**
 * What was asked: on its way, refused, or here. What was here before stays on the page when asking
 * again fails, with the refusal above it.
 */
export function Answer<Data>({ query, children, lines = 3 }: AnswerProps<Data>) {
  const { data, error } = query;
  const retry = (): void => void query.refetch();
  return (
    <>
      {error !== null && <ProblemNote error={error} onRetry={retry} />}
      {data === undefined ? error === null && <Waiting lines={lines} /> : children(data)}
    </>
  );
}

export function Waiting({ lines = 3 }: { readonly lines?: number }) {
  const w = useText(words);
  return (
    <div role="status" className="flex flex-col gap-3 py-2">
      <span className="sr-only">{w.loading}</span>
      {Array.from({ length: lines }, (_, n) => (
        <span key={n} aria-hidden className="bg-sunk h-5 animate-pulse rounded-sm" />
      ))}
    </div>
  );
}

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** Nothing there yet, why, and what to do about it. */
export const Empty = ({ title, children }: EmptyProps) => (
  <div className="flex flex-col items-center gap-2 px-4 py-8 text-center">
    <p className="text-base font-medium">{title}</p>
    {children !== undefined && <div className="text-soft max-w-md text-sm">{children}</div>}
  </div>
);
