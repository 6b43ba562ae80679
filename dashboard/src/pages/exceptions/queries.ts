import {
  infiniteQueryOptions,
  queryOptions,
  type InfiniteData,
  type QueryClient,
} from '@tanstack/react-query';

import { parseMsisdn } from '#kernel';

import { ask, queryOf, type Query } from '../../api/client.ts';
import type { ChargePage, ChargeTraceView, ExceptionPage } from '../../api/shapes.ts';
import type { ExceptionTraceView, ExceptionView, FixAnswerView, StateFilter } from './shapes.ts';

const pageSize = 50;
const lastCount = 20;

interface Place {
  readonly state: 'open' | 'resolved';
  readonly cursor: string | undefined;
}

const beginning = (filter: StateFilter): Place => ({
  state: filter === 'resolved' ? 'resolved' : 'open',
  cursor: undefined,
});

export const exceptionsQuery = (filter: StateFilter) =>
  infiniteQueryOptions({
    queryKey: ['exceptions', 'list', filter],
    queryFn: ({ pageParam: { state, cursor }, signal }) =>
      ask<ExceptionPage>(`/exceptions${queryOf({ limit: pageSize, state, cursor })}`, { signal }),
    initialPageParam: beginning(filter),
    // After the last open one come those that are dealt with.
    getNextPageParam: ({ nextCursor }, _pages, { state }): Place | undefined => {
      if (nextCursor !== null) return { state, cursor: nextCursor };
      return filter === 'all' && state === 'open'
        ? { state: 'resolved', cursor: undefined }
        : undefined;
    },
  });

export const exceptionQuery = (id: string) =>
  queryOptions({
    queryKey: ['exceptions', 'one', id],
    queryFn: ({ signal }) => ask<ExceptionTraceView>(`/exceptions/${id}`, { signal }),
  });

/** Those dealt with of late; the newest of them comes with the latest end, most of the time. */
export const lastResolvedQuery = queryOptions({
  queryKey: ['exceptions', 'last-resolved'],
  queryFn: async ({ signal }) => {
    const query = queryOf({ limit: lastCount, state: 'resolved' });
    const { items } = await ask<ExceptionPage>(`/exceptions${query}`, { signal });
    return (
      items.toSorted((a, b) => (a.resolvedAt ?? '').localeCompare(b.resolvedAt ?? '')).at(-1) ??
      null
    );
  },
});

export const chargeQuery = (id: string) =>
  queryOptions({
    queryKey: ['charges', 'one', id],
    queryFn: ({ signal }) => ask<ChargeTraceView>(`/charges/${id}`, { signal }),
  });

const foundMax = 8;
const amountDigitsMax = 7;

/** What was typed is a phone number, an amount, or else a reference. */
export function chargeFilterOf(typed: string): Query {
  const text = typed.trim();
  if (parseMsisdn(text).ok) return { phone: text };
  const amount = text.replaceAll(/kes|[\s,]/gi, '');
  if (/^[1-9]\d*$/.test(amount) && amount.length <= amountDigitsMax) return { amount };
  return { reference: text };
}

export const chargeSearchQuery = (filter: Query) =>
  queryOptions({
    queryKey: ['charges', 'search', filter],
    queryFn: ({ signal }) =>
      ask<ChargePage>(`/charges${queryOf({ ...filter, limit: foundMax })}`, { signal }),
  });

/** Shows what was just done at once; the engine is asked for the rest. */
export async function showFixed(client: QueryClient, answer: FixAnswerView): Promise<void> {
  const { fix: _fix, ...trace } = answer;
  const { exception } = trace;
  client.setQueryData(exceptionQuery(exception.id).queryKey, trace);
  for (const filter of ['open', 'resolved', 'all'] as const) {
    client.setQueryData(
      exceptionsQuery(filter).queryKey,
      (data: InfiniteData<ExceptionPage> | undefined) =>
        data === undefined
          ? undefined
          : {
              ...data,
              pages: data.pages.map((page) => ({
                ...page,
                items: page.items.flatMap((one) => kept(one, exception, filter)),
              })),
            },
    );
  }
  await client.invalidateQueries({ queryKey: ['exceptions'] });
}

const kept = (
  one: ExceptionView,
  fixed: ExceptionView,
  filter: StateFilter,
): readonly ExceptionView[] => {
  if (one.id !== fixed.id) return [one];
  return filter === 'all' || filter === fixed.state ? [fixed] : [];
};
