import { useQuery } from '@tanstack/react-query';

import { statusQuery } from './queries.ts';

/** The streams that the engine has, for lists of choices. */
export const useStreams = () => useQuery(statusQuery).data?.streams ?? [];

/** What a stream is called; its id where nobody has said. */
export function useStreamName(): (id: string) => string {
  const streams = useStreams();
  return (id) => streams.find((stream) => stream.id === id)?.name ?? id;
}
