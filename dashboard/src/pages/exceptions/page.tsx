import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';

import { statusQuery } from '../../api/queries.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Waiting } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { Select } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useWide } from '../../ui/wide.ts';
import { lastFixedId, putOnDesk } from './desk.ts';
import { DeskDialogs, LeftNow } from './desk-dialogs.tsx';
import { KeyHelp } from './key-help.tsx';
import { isOnControl, useKeys } from './keys.ts';
import { List } from './list.tsx';
import { NothingHere } from './nothing.tsx';
import { Panel } from './panel.tsx';
import { exceptionsQuery } from './queries.ts';
import type { ExceptionsSearch } from './search.ts';
import { stateFilters, type ExceptionView } from './shapes.ts';
import { exceptionsText } from './text.ts';

/** What a person should look at, the open ones first; on a wide screen with one of them beside. */
export function Exceptions() {
  const t = useText(exceptionsText);
  const w = useText(words);
  const f = useFormats();
  const isWide = useWide();
  const navigate = useNavigate();
  const { state: filter = 'open', one } = useSearch({ from: '/exceptions' });
  const { data: status } = useQuery({ ...statusQuery, enabled: false });
  const openCount = status?.health.openExceptions;
  const list = useInfiniteQuery(exceptionsQuery(filter));
  const items = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const inbox = useInbox(items, isWide ? one : undefined);
  useOpenCount(openCount);
  const [showsKeys, setShowsKeys] = useState(false);
  useInboxKeys(inbox, () => setShowsKeys(true));
  const { fetchNextPage } = list;
  const more = useCallback(() => void fetchNextPage(), [fetchNextPage]);
  const lead =
    openCount === undefined || openCount === 0
      ? t.lead
      : `${t.left(f.count(openCount), openCount === 1)} ${t.lead}`;
  return (
    <Page
      title={w.exceptions}
      lead={lead}
      beside={
        <div className="flex items-end gap-2">
          <Select
            label={t.show}
            quiet
            value={filter}
            choices={stateFilters.map((value) => ({ value, label: t.filters[value] }))}
            onChoose={(state) =>
              void navigate({
                to: '/exceptions',
                search: state === 'open' ? {} : { state },
              })
            }
          />
          <span className="hidden lg:block">
            <Button onClick={() => setShowsKeys(true)}>{t.keys}</Button>
          </span>
        </div>
      }
    >
      {list.error !== null && (
        <ProblemNote error={list.error} onRetry={() => void list.refetch()} />
      )}
      {list.data === undefined && list.error === null && <Waiting lines={8} />}
      {list.data !== undefined && (
        <div className="grid grid-cols-1 items-start gap-6 lg:grid-cols-[minmax(20rem,25rem)_1fr]">
          <div className={items.length === 0 ? 'lg:col-span-2' : 'min-w-0'}>
            {items.length === 0 ? (
              <NothingHere filter={filter} />
            ) : (
              <List
                items={items}
                at={inbox.at}
                wanted={inbox.wanted}
                onReach={inbox.reach}
                onOpen={inbox.open}
                more={{ has: list.hasNextPage, isComing: list.isFetchingNextPage, get: more }}
              />
            )}
          </div>
          {isWide && items.length > 0 && inbox.at !== undefined && (
            <aside
              aria-label={t.details}
              className="sticky top-4 max-h-[calc(100dvh-2rem)] min-w-0 overflow-y-auto"
            >
              <Panel key={inbox.at} id={inbox.at} />
            </aside>
          )}
        </div>
      )}
      <LeftNow />
      <DeskDialogs onDone={inbox.settled} />
      <KeyHelp open={showsKeys} onClose={() => setShowsKeys(false)} />
    </Page>
  );
}

/** The list is asked for anew when the engine counts another number of open ones. */
function useOpenCount(count: number | undefined): void {
  const client = useQueryClient();
  const known = useRef(count);
  useEffect(() => {
    if (known.current !== undefined && known.current !== count) {
      void client.invalidateQueries({ queryKey: ['exceptions'] });
    }
    known.current = count;
  }, [client, count]);
}

/**
 * Where the keyboard is in the list. When the one it was at leaves, it is on the one that took its
 * place: focus is never lost.
 */
function useInbox(items: readonly ExceptionView[], one: string | undefined) {
  const isWide = useWide();
  const navigate = useNavigate();
  const [reached, setReached] = useState<string>();
  const place = useRef(0);
  const wanted = useRef<string | undefined>(undefined);
  const chosen = one ?? reached;
  const found = items.findIndex(({ id }) => id === chosen);
  const isGone = chosen !== undefined && found < 0;
  const index = found < 0 ? Math.min(place.current, items.length - 1) : found;
  const at = isWide || reached !== undefined || isGone ? items[index]?.id : undefined;

  const reach = useCallback(
    (id: string): void => {
      setReached(id);
      if (isWide) {
        void navigate({
          to: '/exceptions',
          search: (now: ExceptionsSearch) => ({ ...now, one: id }),
          replace: true,
          resetScroll: false,
        });
      }
    },
    [isWide, navigate],
  );

  useEffect(() => {
    if (found >= 0) place.current = found;
  }, [found]);
  useEffect(() => {
    if (!isGone || at === undefined) return;
    const { activeElement } = document;
    if (activeElement === null || activeElement === document.body) wanted.current = at;
    reach(at);
  }, [isGone, at, reach]);

  return {
    items,
    at,
    wanted,
    reach,
    move: (by: number): boolean => {
      const next =
        at === undefined || reached === undefined
          ? items[index < 0 ? 0 : index]
          : items[index + by];
      if (next === undefined) return false;
      wanted.current = next.id;
      reach(next.id);
      return true;
    },
    open: (id: string, event: { readonly detail: number; preventDefault(): void }): void => {
      if (!isWide) return;
      event.preventDefault();
      reach(id);
      // Pressed by a key: whoever opens it wants to be in it.
      if (event.detail === 0) document.getElementById(`one-${id}`)?.focus();
    },
    settled: (): void => undefined,
  };
}

type Inbox = ReturnType<typeof useInbox>;

function useInboxKeys({ items, at, move, open }: Inbox, showKeys: () => void): void {
  const exception = items.find(({ id }) => id === at);
  const suggest = (index: number): boolean => {
    if (exception?.suggestions[index] === undefined) return false;
    putOnDesk({ kind: 'fixing', exception, choice: { kind: 'suggestion', index } });
    return true;
  };
  const numbered = Object.fromEntries(
    Array.from({ length: 9 }, (_, index) => [String(index + 1), () => suggest(index)]),
  );
  useKeys({
    ...numbered,
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (event) => {
      if (exception === undefined || isOnControl(event)) return false;
      document.getElementById(`row-${exception.id}`)?.click();
      open(exception.id, { detail: 0, preventDefault: () => undefined });
      return true;
    },
    f: () => suggest(0),
    m: () => {
      if (exception?.state !== 'open') return false;
      putOnDesk({ kind: 'fixing', exception, choice: { kind: 'choose' } });
      return true;
    },
    u: () => {
      const id = exception?.state === 'resolved' ? exception.id : lastFixedId();
      if (id === undefined) return false;
      putOnDesk({ kind: 'undoing', exceptionId: id });
      return true;
    },
    '?': () => {
      showKeys();
      return true;
    },
  });
}
