import { defaultRangeExtractor, useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type MouseEvent, type RefObject } from 'react';

import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Row, rowId } from './row.tsx';
import type { ExceptionView } from './shapes.ts';
import { exceptionsText } from './text.ts';

interface ListProps {
  readonly items: readonly ExceptionView[];
  readonly at: string | undefined;
  /** The one to put the keyboard on, once it is drawn. */
  readonly wanted: RefObject<string | undefined>;
  readonly onReach: (id: string) => void;
  readonly onOpen: (id: string, event: MouseEvent) => void;
  readonly more: { readonly has: boolean; readonly isComing: boolean; readonly get: () => void };
}

const usualHeight = 190;
const drawnBeyond = 6;

/** As many as there are, of which only those in sight are drawn. */
export function List({ items, at, wanted, onReach, onOpen, more }: ListProps) {
  const t = useText(exceptionsText);
  const w = useText(words);
  const list = useRef<HTMLUListElement>(null);
  const [scrollMargin, setMargin] = useState(0);
  const atIndex = items.findIndex(({ id }) => id === at);
  const rows = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => usualHeight,
    overscan: drawnBeyond,
    scrollMargin,
    getItemKey: (index) => items[index]?.id ?? index,
    // Where the keyboard is stays drawn, however far one scrolls away.
    rangeExtractor: (range) => {
      const drawn = defaultRangeExtractor(range);
      return atIndex < 0 || drawn.includes(atIndex)
        ? drawn
        : [...drawn, atIndex].toSorted((a, b) => a - b);
    },
  });
  useEffect(() => {
    const top = list.current?.getBoundingClientRect().top;
    if (top !== undefined) setMargin(top + window.scrollY);
  }, []);
  useEffect(() => {
    const { current: id } = wanted;
    if (id === undefined) return;
    const index = items.findIndex((one) => one.id === id);
    if (index < 0) return;
    wanted.current = undefined;
    rows.scrollToIndex(index, { align: 'auto' });
    document.getElementById(rowId(id))?.focus({ preventScroll: true });
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? -1;
  const { has, isComing, get } = more;
  useEffect(() => {
    if (has && !isComing && last >= items.length - drawnBeyond) get();
  }, [has, isComing, last, items.length, get]);
  return (
    <div className="bg-card border-line overflow-hidden rounded-lg border">
      <ul
        ref={list}
        aria-label={t.list}
        className="relative"
        style={{ height: rows.getTotalSize() }}
      >
        {drawn.map(({ key, index, start }) => {
          const exception = items[index];
          if (exception === undefined) return null;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              aria-setsize={has ? -1 : items.length}
              aria-posinset={index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <Row
                exception={exception}
                isChosen={exception.id === at}
                onReach={() => onReach(exception.id)}
                onOpen={(event) => onOpen(exception.id, event)}
              />
            </li>
          );
        })}
      </ul>
      {has && (
        <div className="flex justify-center p-4">
          <Button busy={isComing} onClick={get}>
            {w.older}
          </Button>
        </div>
      )}
    </div>
  );
}
