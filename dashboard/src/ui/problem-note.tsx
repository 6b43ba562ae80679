import { lazy, Suspense, type ReactNode } from 'react';

import { NoAnswer, ProblemError } from '../api/client.ts';
import { useLanguage, useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { Button } from './button.tsx';
import { problemText } from './problem-text.ts';
import type { SwahiliProblemProps } from './swahili-problem.tsx';

interface ProblemNoteProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}

/** What goes wrong may be the line: then the engine's own words stay. */
const SwahiliProblem = lazy(async () => {
  try {
    return { default: (await import('./swahili-problem.tsx')).SwahiliProblem };
  } catch {
    return { default: ({ otherwise }: SwahiliProblemProps) => otherwise };
  }
});

/** What went wrong and what mends it. The engine says both in English alone. */
export function ProblemNote({ error, onRetry, children }: ProblemNoteProps) {
  const w = useText(words);
  const quote = quoteOf(error);
  return (
    <div role="alert" className="bg-bad-wash text-ink flex flex-col gap-2 rounded-md p-4 text-sm">
      {error instanceof ProblemError ? <OfEngine error={error} /> : <OfScreen error={error} />}
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

function OfEngine({ error }: { readonly error: ProblemError }) {
  const language = useLanguage();
  const particulars = <Particulars error={error} />;
  const engines = (
    <>
      <p lang="en" className="text-bad font-semibold">
        {error.problem.title}
      </p>
      {particulars}
    </>
  );
  if (language !== 'sw') return engines;
  return (
    <Suspense fallback={engines}>
      <SwahiliProblem kind={error.kind} particulars={particulars} otherwise={engines} />
    </Suspense>
  );
}

function Particulars({ error }: { readonly error: ProblemError }) {
  const { detail, errors } = error.problem;
  return (
    <>
      <p lang="en">{detail}</p>
      {errors !== undefined && (
        <ul lang="en" className="list-disc pl-5">
          {errors.map(({ path, message }) => (
            <li key={path}>
              <code className="font-mono text-xs">{path}</code>: {message}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function OfScreen({ error }: { readonly error: unknown }) {
  const t = useText(problemText);
  const isLine = error instanceof NoAnswer;
  return (
    <>
      <p className="text-bad font-semibold">{isLine ? t.noAnswer : t.unexpected}</p>
      <p>{isLine ? t.noAnswerWhy : t.unexpectedWhy}</p>
    </>
  );
}

function quoteOf(error: unknown): string | undefined {
  if (error instanceof ProblemError) return error.problem.instance;
  return error instanceof NoAnswer ? undefined : String(error);
}
