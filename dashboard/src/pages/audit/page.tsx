import { infiniteQueryOptions, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';

import { ask, queryOf } from '../../api/client.ts';
import type { AuditPage } from '../../api/shapes.ts';
import { useEvents } from '../../live/live.tsx';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Empty, Waiting } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { SeenSoon } from '../../ui/seen-soon.tsx';
import { Filters } from './filters.tsx';
import { ProofCard } from './proof-card.tsx';
import { OneRecord } from './record.tsx';
import type { AuditSearch } from './search.ts';
import { auditText } from './text.ts';

/** Who did what and when, and whether the books prove. */
export function Audit() {
  const t = useText(auditText);
  const w = useText(words);
  const search = useSearch({ from: '/audit' });
  return (
    <Page title={w.audit} lead={t.lead}>
      <div className="grid grid-cols-1 gap-4 md:gap-6 lg:grid-cols-3">
        <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
          <Filters search={search} />
          <Records search={search} />
        </div>
        {/* Before the list on a phone: nothing stands behind a list that goes on and on. */}
        <div className="order-first min-w-0 lg:order-none">
          <ProofCard />
        </div>
      </div>
    </Page>
  );
}

const pageSize = 50;

const auditQuery = (search: AuditSearch) =>
  infiniteQueryOptions({
    queryKey: ['audit', search],
    queryFn: ({ pageParam: cursor, signal }) =>
      ask<AuditPage>(`/audit${queryOf({ ...search, limit: pageSize, cursor })}`, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

function Records({ search }: { readonly search: AuditSearch }) {
  const t = useText(auditText);
  const { data, error, ...query } = useInfiniteQuery(auditQuery(search));
  const more = (): void => void (query.isFetching || query.fetchNextPage());
  const records = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Card title={t.records} flush>
      <Newer search={search} />
      {error !== null && (
        <div className="p-4">
          <ProblemNote error={error} onRetry={() => void query.refetch()} />
        </div>
      )}
      {query.isPending && (
        <div className="p-4">
          <Waiting lines={10} />
        </div>
      )}
      {data !== undefined && records.length === 0 && <Nothing search={search} />}
      <ol className="divide-line divide-y">
        {records.map((record) => (
          <OneRecord key={record.id} record={record} />
        ))}
      </ol>
      {records.length > 0 && (
        <More hasMore={query.hasNextPage} busy={query.isFetchingNextPage} onMore={more} />
      )}
    </Card>
  );
}

interface MoreProps {
  readonly hasMore: boolean;
  readonly busy: boolean;
  readonly onMore: () => void;
}

/** Comes by itself when the end of the list comes into view; the button is for the keyboard. */
function More({ hasMore, busy, onMore }: MoreProps) {
  const t = useText(auditText);
  const w = useText(words);
  if (!hasMore) return <p className="text-soft border-line border-t p-4 text-sm">{t.end}</p>;
  return (
    <SeenSoon onSeen={onMore}>
      <div className="border-line border-t p-4">
        <Button wide busy={busy} onClick={onMore}>
          {w.older}
        </Button>
      </div>
    </SeenSoon>
  );
}

/** What somebody reads does not move under their eyes: newer records come when asked for. */
function Newer({ search }: { readonly search: AuditSearch }) {
  const t = useText(auditText);
  const client = useQueryClient();
  const [isOld, setOld] = useState(false);
  useEvents(() => setOld(true));
  const show = (): void => {
    setOld(false);
    void client.resetQueries({ queryKey: auditQuery(search).queryKey });
  };
  return (
    <div role="status">
      {isOld && (
        <p className="bg-accent-wash text-accent flex flex-wrap items-center justify-between gap-2 px-4 py-2 text-sm">
          {t.newer}
          <Button size="small" onClick={show}>
            {t.showNewer}
          </Button>
        </p>
      )}
    </div>
  );
}

function Nothing({ search }: { readonly search: AuditSearch }) {
  const t = useText(auditText);
  return Object.keys(search).length === 0 ? (
    <Empty title={t.none}>{t.noneWhy}</Empty>
  ) : (
    <Empty title={t.noneFound}>{t.noneFoundWhy}</Empty>
  );
}
