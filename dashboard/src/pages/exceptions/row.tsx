import { Link } from '@tanstack/react-router';
import type { MouseEvent } from 'react';

import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { classes } from '../../ui/classes.ts';
import { Ago } from '../../ui/time.tsx';
import { useWide } from '../../ui/wide.ts';
import { FixBar } from './fix-bar.tsx';
import { useKindText } from './kind-text.ts';
import type { ExceptionsSearch } from './search.ts';
import type { ExceptionView } from './shapes.ts';
import { exceptionsText } from './text.ts';

export const rowId = (id: string): string => `row-${id}`;

interface RowProps {
  readonly exception: ExceptionView;
  /** Shown beside the list, or the one the keyboard is at. */
  readonly isChosen: boolean;
  readonly onReach: () => void;
  readonly onOpen: (event: MouseEvent) => void;
}

/** One that waits: what, why, how much, since when, and its likeliest fix. */
export function Row({ exception, isChosen, onReach, onOpen }: RowProps) {
  const t = useText(exceptionsText);
  const isWide = useWide();
  const { title, why, lang } = useKindText(exception);
  const { id, amountDecimal, rail, state, openedAt, resolvedAt } = exception;
  const { accountReference, receipt } = exception.detail;
  const marks = [accountReference, receipt].filter(
    (one): one is string => typeof one === 'string' && one !== '',
  );
  const inside = (
    <>
      <span lang={lang} className="block text-base font-semibold">
        {title}
      </span>
      <span lang={lang} className="text-soft mt-0.5 block text-sm">
        {why}
      </span>
      {marks.length > 0 && (
        <span className="mt-1 block font-mono text-xs break-all">{marks.join(' · ')}</span>
      )}
    </>
  );
  const link = {
    id: rowId(id),
    className: 'block rounded-sm',
    onFocus: onReach,
    onClick: onOpen,
    ...(isChosen ? { 'aria-current': 'true' as const } : {}),
  };
  return (
    <article
      className={classes(
        'border-line relative flex flex-col gap-3 border-b p-4',
        isChosen && 'bg-accent-wash lg:shadow-[inset_3px_0_0_var(--accent)]',
      )}
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        {rail !== null && <RailMark rail={rail} bare />}
        {amountDecimal !== null && (
          <span className="figure text-lg font-semibold whitespace-nowrap">
            {money(amountDecimal)}
          </span>
        )}
        <span className="text-soft ml-auto flex items-center gap-2 text-xs">
          {state === 'resolved' && <Badge tone="good">{t.state.resolved}</Badge>}
          <Ago at={resolvedAt ?? openedAt} />
        </span>
      </div>
      {isWide ? (
        <Link
          {...link}
          to="/exceptions"
          search={(now: ExceptionsSearch) => ({ ...now, one: id })}
          replace
        >
          {inside}
        </Link>
      ) : (
        <Link {...link} to="/exceptions/$id" params={{ id }}>
          {inside}
        </Link>
      )}
      {state === 'open' && <FixBar exception={exception} />}
    </article>
  );
}
