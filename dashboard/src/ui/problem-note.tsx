import { lazy, Suspense, type ReactNode } from 'react';

import { NoAnswer, ProblemError } from '../api/client.ts';
import { useLanguage, useText } from '../text/language.ts';
import { words } from '../text/words.ts';
import { Button } from './button.tsx';
import { problemText } from './problem-text.ts';

interface ProblemNoteProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly children?: ReactNode;
}

/** What goes wrong may be the line: then the engine's own title stays. */
const SwahiliTitle = lazy(async () => {
  try {
    return { default: (await import('./swahili-title.tsx')).SwahiliTitle };
  } catch {
    return { default: EnglishTitle };
  }
});

const EnglishTitle = ({ title }: { readonly title: string }) => <span lang="en">{title}</span>;

/** What went wrong and what mends it. The engine says the latter in English alone. */
export function ProblemNote({ error, onRetry, children }: ProblemNoteProps) {
  const t = useText(problemText);
  const w = useText(words);
  const { title, detail, quote } = partsOf(error, t);
  const isOfEngine = error instanceof ProblemError;
  return (
    <div role="alert" className="bg-bad-wash text-ink flex flex-col gap-2 rounded-md p-4 text-sm">
      <p className="text-bad font-semibold">
        <Title error={error} title={title} />
      </p>
      <p lang={isOfEngine ? 'en' : undefined}>{detail}</p>
      {isOfEngine && error.problem.errors !== undefined && (
        <ul lang="en" className="list-disc pl-5">
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

function Title({ error, title }: { readonly error: unknown; readonly title: string }) {
  const language = useLanguage();
  if (language !== 'sw' || !(error instanceof ProblemError)) return title;
  return (
    <Suspense fallback={<EnglishTitle title={title} />}>
      <SwahiliTitle kind={error.kind} title={title} />
    </Suspense>
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
