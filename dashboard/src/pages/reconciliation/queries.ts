import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { ReconciliationView } from '#api/contract';
import type { RailId } from '#kernel';

import { ask, queryOf } from '../../api/client.ts';
import type { ProofView, StatementPage } from '../../api/shapes.ts';

export const dayQuery = (date: string, rail: RailId | undefined) =>
  queryOptions({
    queryKey: ['reconciliation', 'day', date, rail ?? 'all'],
    queryFn: ({ signal }) =>
      ask<ReconciliationView>(`/reconciliation${queryOf({ date, rail })}`, { signal }),
  });

/** Reads everything there is: only when somebody asks for it. */
export const proofQuery = queryOptions({
  queryKey: ['proof'],
  queryFn: ({ signal }) => ask<ProofView>('/proof', { signal }),
  enabled: false,
  staleTime: Number.POSITIVE_INFINITY,
});

const pageSize = 20;

export const statementsQuery = infiniteQueryOptions({
  queryKey: ['statements', 'list'],
  queryFn: ({ pageParam, signal }) =>
    ask<StatementPage>(`/statements${queryOf({ limit: pageSize, cursor: pageParam })}`, {
      signal,
    }),
  initialPageParam: '',
  getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
});

const lookEveryMs = 1_000;

/** How far an import has come, for as long as it is under way. */
export const progressQuery = (id: string, isUnderWay: boolean) =>
  queryOptions({
    queryKey: ['statements', 'progress', id],
    queryFn: async ({ signal }) => {
      const { items } = await ask<StatementPage>(`/statements${queryOf({ limit: pageSize })}`, {
        signal,
      });
      return items.find((one) => one.id === id) ?? null;
    },
    enabled: isUnderWay,
    refetchInterval: isUnderWay ? lookEveryMs : false,
    retry: false,
  });
