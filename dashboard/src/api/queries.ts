import { QueryClient, queryOptions } from '@tanstack/react-query';

import type { HistoryView, Status } from '#api/contract';

import { ask, NoAnswer, ProblemError, queryOf } from './client.ts';
import type { PaymentPage } from './shapes.ts';

const retriesMax = 2;
/** What the event stream keeps fresh need not be asked for at every visit of a page. */
const freshForMs = 10_000;

/** Only what may go better a second time is tried again, and only what changes nothing. */
const mayHelp = (failures: number, error: Error): boolean =>
  failures < retriesMax &&
  (error instanceof NoAnswer || (error instanceof ProblemError && error.problem.status === 503));

export function createQueryClient(status: Status | undefined): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: { retry: mayHelp, staleTime: freshForMs, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
  if (status !== undefined) client.setQueryData(statusQuery.queryKey, status);
  return client;
}

export const statusQuery = queryOptions({
  queryKey: ['status'],
  queryFn: ({ signal }) => ask<Status>('/revenue/status', { signal }),
});

/** Of today, unless a day is named. */
export const historyQuery = (date?: string, days = 28) =>
  queryOptions({
    queryKey: ['history', date ?? 'today', days],
    queryFn: ({ signal }) =>
      ask<HistoryView>(`/revenue/history${queryOf({ date, days })}`, { signal }),
  });

const newestCount = 8;

export const newestPaymentsQuery = queryOptions({
  queryKey: ['payments', 'newest'],
  queryFn: ({ signal }) =>
    ask<PaymentPage>(`/revenue/transactions${queryOf({ limit: newestCount })}`, { signal }),
});
