import {
  infiniteQueryOptions,
  queryOptions,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
  type InfiniteData,
} from '@tanstack/react-query';
import { useMemo } from 'react';

import type { PaymentView } from '#api/contract';

import { ask, queryOf } from '../../api/client.ts';
import type { PaymentPage } from '../../api/shapes.ts';
import { queryPartOf, type PaymentSearch } from './search.ts';

const pageSize = 100;

const pageOf = (search: PaymentSearch, cursor: string | undefined, signal: AbortSignal) =>
  ask<PaymentPage>(
    `/revenue/transactions${queryOf({ ...queryPartOf(search), cursor, limit: pageSize })}`,
    { signal },
  );

/** Not under `payments`: news would have all that was ever loaded read again. */
const loadedQuery = (search: PaymentSearch) =>
  infiniteQueryOptions({
    queryKey: ['transactions', search],
    queryFn: ({ pageParam, signal }) => pageOf(search, pageParam, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    staleTime: Infinity,
  });

/** The newest there are, read again with every news. */
const headQuery = (search: PaymentSearch) =>
  queryOptions({
    queryKey: ['payments', 'head', search],
    queryFn: ({ signal }) => pageOf(search, undefined, signal),
  });

type Loaded = InfiniteData<PaymentPage>;

/** What was loaded, in its place, and what has come since. */
export function usePaymentList(search: PaymentSearch) {
  const client = useQueryClient();
  const loaded = useInfiniteQuery(loadedQuery(search));
  const head = useQuery(headQuery(search));
  const pages = loaded.data?.pages;
  const newest = head.data?.items;

  const rows = useMemo(() => {
    // A payment that has found its place meanwhile is shown where it stands, as it is now.
    const current = new Map(newest?.map((payment) => [payment.id, payment]));
    return (pages ?? []).flatMap(({ items }) => items.map((one) => current.get(one.id) ?? one));
  }, [pages, newest]);

  const fresh = useMemo(() => {
    if (pages === undefined || newest === undefined) return [];
    const known = new Set(pages[0]?.items.map(({ id }) => id));
    const until = newest.findIndex(({ id }) => known.has(id));
    return newest.slice(0, until === -1 ? newest.length : until);
  }, [pages, newest]);

  const showFresh = (): void => {
    const isGapless = fresh.length < (newest?.length ?? 0) || rows.length === 0;
    if (!isGapless) {
      void client.resetQueries({ queryKey: loadedQuery(search).queryKey });
      return;
    }
    client.setQueryData(loadedQuery(search).queryKey, (data) => prepended(data, fresh));
  };
  return { loaded, rows, fresh, showFresh };
}

function prepended(data: Loaded | undefined, fresh: readonly PaymentView[]): Loaded | undefined {
  const [first, ...rest] = data?.pages ?? [];
  if (data === undefined || first === undefined) return data;
  return { ...data, pages: [{ ...first, items: [...fresh, ...first.items] }, ...rest] };
}
