import { useId, type ReactNode } from 'react';

import { classes } from './classes.ts';

interface CardProps {
  readonly title?: string;
  /** Stands at the end of the title's line. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
  /** Without room around what is in it, for tables and lists. */
  readonly flush?: boolean;
}

export function Card({ title, beside, children, flush = false }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className="bg-card border-line min-w-0 rounded-lg border"
    >
      {title !== undefined && (
        <header className="flex min-h-12 flex-wrap items-center justify-between gap-2 px-4 pt-3">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {beside}
        </header>
      )}
      <div className={classes(!flush && 'p-4', title !== undefined && 'pt-2')}>{children}</div>
    </section>
  );
}

/** The arrow is for the eye alone. */
const backLook = classes(
  "text-sm print:hidden [&>a]:before:mr-1 [&>a]:before:content-['←'_/_'']",
  '[&>a]:text-accent [&>a]:inline-block [&>a]:leading-11 [&>a]:before:inline-block',
  '[&>a]:underline [&>a]:underline-offset-4',
);

/** Airtel's receipts: in large type a phone would break them. */
const longWord = /\S{17}/;

interface PageProps {
  readonly title: string;
  /** A link to the list that this is one of. */
  readonly back?: ReactNode;
  readonly lead?: ReactNode;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

/** A page: its one heading, what it is for, and what is on it. */
export const Page = ({ title, back, lead, beside, children }: PageProps) => (
  <div className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 md:gap-6 md:p-8">
    <title>{`${title} · QMOI Revenue`}</title>
    <header className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {back !== undefined && <p className={backLook}>{back}</p>}
        <h1
          className={classes(
            'font-semibold tracking-tight break-words',
            longWord.test(title) ? 'text-lg sm:text-xl' : 'text-xl',
          )}
        >
          {title}
        </h1>
        {lead !== undefined && <p className="text-soft mt-1 max-w-2xl text-sm">{lead}</p>}
      </div>
      {beside}
    </header>
    {children}
  </div>
);

interface FactsProps {
  readonly facts: readonly { readonly name: string; readonly value: ReactNode }[];
}

/** Names and what they are, under each other. */
export const Facts = ({ facts }: FactsProps) => (
  <dl className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)] sm:grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-2 text-sm">
    {facts.map(({ name, value }) => (
      <div key={name} className="contents">
        <dt className="text-soft">{name}</dt>
        <dd className="min-w-0 break-words">{value}</dd>
      </div>
    ))}
  </dl>
);
