import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useId } from 'react';

import { pages } from '../../shell/pages.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Empty } from '../../ui/answer.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Field } from '../../ui/field.tsx';
import { Typed } from '../../ui/typed.tsx';
import { guideIds, pagesOf, type GuideId, type GuideWords } from './guide-words.ts';
import type { SupportSearch } from './search.ts';
import { supportText } from './text.ts';

/** Every word that was typed is in the guide, in any order and in any case. */
function fits(guide: GuideWords, typed: string): boolean {
  const text = `${guide.title} ${guide.steps.join(' ')}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function GuideList() {
  const t = useText(supportText);
  const search = useSearch({ from: '/support' });
  const go = useNavigate();
  const show = (next: SupportSearch): void =>
    void go({ to: '/support', search: next, replace: true, resetScroll: false });
  const typed = search.q ?? '';
  const found = guideIds.filter((id) => fits(t.guides[id], typed));
  return (
    <Card title={t.guidesTitle} flush>
      <div className="px-4 pb-3">
        <Field
          label={t.search}
          input={{
            type: 'search',
            value: typed,
            maxLength: 80,
            autoComplete: 'off',
            onChange: ({ target: { value } }) =>
              show({
                ...(value !== '' && { q: value }),
                ...(search.guide !== undefined && { guide: search.guide }),
              }),
          }}
        />
        <p role="status" className="text-soft mt-1 min-h-4 text-xs">
          {typed !== '' && found.length > 0 && t.found(found.length)}
        </p>
      </div>
      {found.length === 0 && <Empty title={t.nothing(typed)}>{t.nothingWhy}</Empty>}
      <ul className="divide-line border-line divide-y border-t">
        {found.map((id) => (
          <Guide
            key={id}
            id={id}
            isOpen={search.guide === id || found.length === 1}
            onTurn={(isOpen) =>
              show({ ...(typed !== '' && { q: typed }), ...(isOpen && { guide: id }) })
            }
          />
        ))}
      </ul>
    </Card>
  );
}

interface GuideProps {
  readonly id: GuideId;
  readonly isOpen: boolean;
  readonly onTurn: (isOpen: boolean) => void;
}

function Guide({ id, isOpen, onTurn }: GuideProps) {
  const t = useText(supportText);
  const place = useId();
  const { title, steps } = t.guides[id];
  return (
    <li>
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          aria-controls={place}
          onClick={() => onTurn(!isOpen)}
          className="hover:bg-sunk flex min-h-12 w-full items-center justify-between gap-3 px-4 py-2 text-left text-sm font-semibold"
        >
          {title}
          <svg
            aria-hidden
            viewBox="0 0 20 20"
            className={classes('text-soft size-4 shrink-0', isOpen && 'rotate-180')}
          >
            <path
              d="M4 7l6 6 6-6"
              fill="none"
              stroke="currentColor"
              strokeWidth="2"
              strokeLinecap="round"
              strokeLinejoin="round"
            />
          </svg>
        </button>
      </h3>
      <div id={place} hidden={!isOpen} className="flex flex-col gap-3 px-4 pb-4">
        <ol className="flex list-decimal flex-col gap-2 pl-5 text-sm">
          {steps.map((step) => (
            <li key={step}>
              <Typed text={step} />
            </li>
          ))}
        </ol>
        <Pages id={id} />
      </div>
    </li>
  );
}

function Pages({ id }: { readonly id: GuideId }) {
  const w = useText(words);
  return (
    <p className="flex flex-wrap gap-x-4 text-sm">
      {pagesOf[id].map((name) => {
        const page = pages.find((one) => one.name === name);
        return page === undefined ? null : (
          <Link
            key={name}
            to={page.path}
            className="text-accent inline-flex min-h-11 items-center underline underline-offset-4"
          >
            {w[page.name]}
          </Link>
        );
      })}
    </p>
  );
}
