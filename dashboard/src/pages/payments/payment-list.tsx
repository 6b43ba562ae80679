import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';

import type { PaymentView } from '#api/contract';

import { useStreamName } from '../../api/streams.ts';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Empty, Waiting } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Tone } from '../../ui/tone.ts';
import { useMedium } from '../../ui/wide.ts';
import { usePaymentList } from './list.ts';
import { countOf, type PaymentSearch } from './search.ts';
import { paymentsText, stateText } from './text.ts';

/** On a phone a card, on a desktop a line. */
const rowHeights = { card: 84, line: 52 } as const;
/** As near to the top nobody is reading on: what is new takes its place. */
const topPx = 40;
/** So many pages without a find are read without being asked to. */
const emptyPagesMax = 3;

interface ListProps {
  readonly search: PaymentSearch;
  readonly onClear: () => void;
}

export function PaymentList({ search, onClear }: ListProps) {
  const t = useText(paymentsText);
  const f = useFormats();
  const { loaded, rows, fresh, showFresh } = usePaymentList(search);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, error, data } = loaded;
  const emptyPages = (data?.pages ?? []).toReversed().findIndex(({ items }) => items.length > 0);
  const searchedInVain = emptyPages === -1 ? (data?.pages.length ?? 0) : emptyPages;
  const mayGoOn = hasNextPage && !isFetchingNextPage && error === null;
  const goesOnByItself = mayGoOn && searchedInVain < emptyPagesMax;

  const goOn = (): void => void fetchNextPage();
  const latest = useRef(showFresh);
  useEffect(() => {
    latest.current = showFresh;
  });
  useEffect(() => {
    if (fresh.length > 0 && scrollY < topPx && document.visibilityState === 'visible') {
      latest.current();
    }
  }, [fresh]);
  // A search that has found nothing yet has no last row to scroll to.
  useEffect(() => {
    if (goesOnByItself && searchedInVain > 0) void fetchNextPage();
  }, [goesOnByItself, searchedInVain, fetchNextPage]);

  if (data === undefined) {
    return error === null ? (
      <Waiting lines={10} />
    ) : (
      <ProblemNote error={error} onRetry={() => void loaded.refetch()} />
    );
  }
  return (
    <section className="bg-card border-line relative min-w-0 rounded-lg border">
      <div role="status" className="pointer-events-none sticky top-2 z-20 flex h-0 justify-center">
        {fresh.length > 0 && (
          <span className="pointer-events-auto">
            <Button
              tone="primary"
              onClick={() => {
                showFresh();
                scrollTo({ top: 0 });
              }}
            >
              ↑ {t.newOnes(f.count(fresh.length))}
            </Button>
          </span>
        )}
      </div>
      {rows.length === 0 && !hasNextPage ? (
        <Nothing isNarrowed={countOf(search) > 0} onClear={onClear} />
      ) : (
        <Rows rows={rows} onEnd={goesOnByItself ? goOn : undefined} />
      )}
      {error !== null && (
        <div className="p-4">
          <ProblemNote error={error} onRetry={goOn} />
        </div>
      )}
      <footer className="text-soft flex min-h-12 items-center justify-center gap-3 p-3 text-sm">
        {isFetchingNextPage && <span role="status">{t.more}</span>}
        {mayGoOn && !goesOnByItself && (
          <>
            {t.furtherWhy}
            <Button size="small" onClick={goOn}>
              {t.further}
            </Button>
          </>
        )}
        {!hasNextPage && rows.length > 0 && t.end}
      </footer>
    </section>
  );
}

function Nothing({
  isNarrowed,
  onClear,
}: {
  readonly isNarrowed: boolean;
  readonly onClear: () => void;
}) {
  const t = useText(paymentsText);
  if (!isNarrowed) return <Empty title={t.none}>{t.noneWhy}</Empty>;
  return (
    <Empty title={t.noMatch}>
      <p>{t.noMatchWhy}</p>
      <div className="mt-3">
        <Button onClick={onClear}>{t.clear}</Button>
      </div>
    </Empty>
  );
}

interface RowsProps {
  readonly rows: readonly PaymentView[];
  /** Called when the last rows come into sight. */
  readonly onEnd: (() => void) | undefined;
}

/** Only what is in sight is drawn, however long the list. */
function Rows({ rows, onEnd }: RowsProps) {
  const w = useText(words);
  const t = useText(paymentsText);
  const list = useRef<HTMLDivElement>(null);
  const isLine = useMedium();
  const [top, setTop] = useState(0);
  useEffect(() => {
    // Whoever comes back to the list may be far down in it already.
    setTop((list.current?.getBoundingClientRect().top ?? 0) + scrollY);
  }, []);
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => rowHeights[isLine ? 'line' : 'card'],
    overscan: 12,
    scrollMargin: top,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  useEffect(() => virtual.measure(), [virtual, isLine]);
  const shown = virtual.getVirtualItems();
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= rows.length - 20;
  useEffect(() => {
    if (isNearEnd) onEnd?.();
  }, [isNearEnd, onEnd]);
  return (
    <div
      role="table"
      aria-label={w.payments}
      aria-rowcount={onEnd === undefined ? rows.length + 1 : -1}
    >
      <div role="rowgroup">
        <div
          role="row"
          aria-rowindex={1}
          className={classes(
            'text-soft border-line border-b text-xs font-medium max-md:sr-only',
            'md:grid md:min-h-10 md:items-center md:gap-x-3 md:px-4',
            lineColumns,
          )}
        >
          <span role="columnheader">{t.receipt}</span>
          <span role="columnheader">{t.paidAt}</span>
          <span role="columnheader">{t.payer}</span>
          <span role="columnheader">{w.stream}</span>
          <span role="columnheader">{w.state}</span>
          <span role="columnheader" className="text-right">
            {w.amount}
          </span>
        </div>
      </div>
      <div
        ref={list}
        role="rowgroup"
        className="relative"
        style={{ height: `${virtual.getTotalSize()}px` }}
      >
        {shown.map(({ index, key, start, size }) => {
          const payment = rows[index];
          return payment === undefined ? null : (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              className={classes(
                'border-line hover:bg-sunk absolute inset-x-0 grid items-center gap-x-3',
                'border-b px-4 text-sm',
                'max-md:grid-cols-[1fr_auto] max-md:grid-rows-3 max-md:py-2',
                lineColumns,
              )}
              style={{ height: `${size}px`, transform: `translateY(${start - top}px)` }}
            >
              <Row payment={payment} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const lineColumns =
  'md:grid-cols-[minmax(9rem,1.2fr)_minmax(8rem,1fr)_minmax(9rem,1.4fr)_10rem_8rem_7rem]';

export const stateTone: Readonly<Record<PaymentView['state'], Tone>> = {
  earned: 'good',
  suspense: 'warn',
  credit: 'accent',
  refunding: 'warn',
  refunded: 'plain',
  reversed: 'bad',
};

function Row({ payment }: { readonly payment: PaymentView }) {
  const f = useFormats();
  const s = useText(stateText);
  const streamName = useStreamName();
  const paidAt = timeOf(payment.occurredAt);
  return (
    <>
      <span
        role="cell"
        className="flex min-w-0 items-center gap-2 max-md:col-span-2 max-md:row-start-2"
      >
        <RailMark rail={payment.rail} bare />
        <Link
          to="/payments/$id"
          params={{ id: payment.id }}
          className="truncate font-mono text-sm after:absolute after:inset-0"
        >
          {payment.receipt}
        </Link>
      </span>
      <time
        role="cell"
        dateTime={payment.occurredAt}
        className="figure text-soft truncate text-xs max-md:col-start-2 max-md:row-start-3 max-md:text-right md:text-sm"
      >
        {f.day(paidAt)}, {f.clock(paidAt)}
      </time>
      <span role="cell" className="truncate max-md:row-start-3">
        {payment.payerName ?? payment.payer ?? '–'}
        {payment.payerName !== null && payment.payer !== null && (
          <span className="text-soft ml-2 text-xs max-md:hidden">{payment.payer}</span>
        )}
      </span>
      <span role="cell" className="text-soft truncate max-md:hidden">
        {payment.stream === null ? '–' : streamName(payment.stream)}
      </span>
      <span role="cell" className="max-md:col-start-2 max-md:row-start-1 max-md:text-right">
        <Badge tone={stateTone[payment.state]}>{s[payment.state]}</Badge>
      </span>
      <span
        role="cell"
        className="figure text-base font-semibold max-md:col-start-1 max-md:row-start-1 md:text-right"
      >
        {money(payment.amountDecimal)}
      </span>
    </>
  );
}
