import { queryOptions } from '@tanstack/react-query';

import type { SystemView } from '#api/contract';

import { ask } from './client.ts';

/** What the engine stands on. Disk and memory tell no news: they are looked at again. */
export const systemQuery = queryOptions({
  queryKey: ['system'],
  queryFn: ({ signal }) => ask<SystemView>('/system', { signal }),
  refetchInterval: 30_000,
});
