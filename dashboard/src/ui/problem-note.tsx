import type { ReactNode } from 'react';

import { NoAnswer, ProblemError } from '../api/client.ts';
import { useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { Button } from './button.tsx';
import { problemText } from './problem-text.ts';

interface ProblemNoteProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}

/** What went wrong and what mends it: the engine's own words. */
export function ProblemNote({ error, onRetry, children }: ProblemNoteProps) {
  const t = useText(problemText);
  const w = useText(words);
  const { title, detail, quote } = partsOf(error, t);
  return (
    <div role="alert" className="bg-bad-wash text-ink flex flex-col gap-2 rounded-md p-4 text-sm">
      <p className="text-bad font-semibold">{title}</p>
      <p>{detail}</p>
      {error instanceof ProblemError && error.problem.errors !== undefined && (
        <ul className="list-disc pl-5">
          {error.problem.errors.map(({ path, message }) => (
            <li key={path}>
              <code className="font-mono text-xs">{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
      {children}
      {quote !== undefined && (
        <p className="text-soft text-xs">
          {w.reference} <code className="font-mono">{quote}</code>
        </p>
      )}
      {onRetry !== undefined && (
        <div>
          <Button size="small" onClick={onRetry}>
            {w.retry}
          </Button>
        </div>
      )}
    </div>
  );
}

function partsOf(error: unknown, t: (typeof problemText)['en']) {
  if (error instanceof ProblemError) {
    const { title, detail, instance } = error.problem;
    return { title, detail, quote: instance };
  }
  if (error instanceof NoAnswer)
    return { title: t.noAnswer, detail: t.noAnswerWhy, quote: undefined };
  return { title: t.unexpected, detail: t.unexpectedWhy, quote: String(error) };
}
