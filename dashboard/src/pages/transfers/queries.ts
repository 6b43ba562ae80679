import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import type { RailId } from '#kernel';
import type { PayeeView, TransferPreviewView } from '#api/contract';

import { ask, queryOf } from '../../api/client.ts';
import type { TransferPage, TransferTraceView } from '../../api/shapes.ts';
import type { TransfersSearch } from './search.ts';

/** Walks on where the stream of events is not heard: a wallet is reported without any event. */
const lookAgainMs = 15_000;
const followMs = 3_000;

export const transferListQuery = ({ rail, state, kind }: TransfersSearch) =>
  infiniteQueryOptions({
    queryKey: ['transfers', 'list', rail, state, kind],
    initialPageParam: '',
    queryFn: ({ pageParam: cursor, signal }) =>
      ask<TransferPage>(`/revenue/transfers${queryOf({ rail, state, kind, cursor })}`, { signal }),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });

/** Until it is over it is looked at again, whatever the stream says. */
export const transferQuery = (id: string) =>
  queryOptions({
    queryKey: ['transfers', 'one', id],
    queryFn: ({ signal }) => ask<TransferTraceView>(`/revenue/transfers/${id}`, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isOver(data.transfer.state) ? false : followMs,
  });

const over = new Set(['completed', 'failed', 'cancelled', 'reversed']);
export const isOver = (state: string): boolean => over.has(state);

export interface PreviewQuestion {
  readonly type: RailId;
  readonly amount: number;
  readonly kind: TransferPreviewView['kind'];
  readonly payee?: string | undefined;
}

export const previewQuery = ({ type, amount, kind, payee }: PreviewQuestion) =>
  queryOptions({
    queryKey: ['transfers', 'preview', type, amount, kind, payee],
    queryFn: ({ signal }) =>
      ask<TransferPreviewView>(
        `/revenue/transfers/preview${queryOf({ type, amount, kind, payee })}`,
        { signal },
      ),
    refetchInterval: lookAgainMs,
  });

export const payeesQuery = queryOptions({
  queryKey: ['payees'],
  queryFn: ({ signal }) =>
    ask<{ readonly items: readonly PayeeView[] }>('/revenue/payees', { signal }),
});
