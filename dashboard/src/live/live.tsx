import { useQueryClient } from '@tanstack/react-query';
import {
  createContext,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type ReactNode,
} from 'react';

import type { Event } from '#api/contract';

import { statusQuery } from '../api/queries.ts';
import { clock } from '../clock.ts';
import { checkSession } from '../session/session.ts';
import { openStream, type Line } from './stream.ts';

type Take = (events: readonly Event[]) => void;

interface Live {
  readonly line: Line;
  /** Told of what happens, as long as somebody listens; answers how to stop. */
  readonly listen: (take: Take) => () => void;
}

const LiveContext = createContext<Live | undefined>(undefined);

/** Lists are read again at once, but in a burst once a second at most. */
const refreshEveryMs = 1_000;

/** Which lists an event is about, by the first part of its topic. */
const listsOf: Readonly<Record<string, readonly string[]>> = {
  payment: ['payments', 'exceptions', 'history', 'counter'],
  charge: ['charges', 'counter'],
  transfer: ['transfers', 'payees'],
  sweep: ['transfers'],
  exception: ['exceptions', 'payments'],
  statement: ['statements', 'reconciliation'],
  target: ['targets', 'history'],
  rail: ['weather'],
  operator: ['weather'],
  engine: ['system'],
};

export function LiveProvider({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [line, setLine] = useState<Line>({ state: 'connecting', heardAt: undefined });
  const takers = useRef(new Set<Take>());

  // Together with the word: what is green is never called anything else than live.
  useLayoutEffect(() => {
    document.documentElement.dataset['live'] = line.state === 'live' ? 'live' : 'stale';
  }, [line.state]);

  useEffect(() => {
    const due = new Set<string>();
    let timer: { cancel(): void } | undefined;
    let refreshedAt = Number.NEGATIVE_INFINITY;
    const refresh = (): void => {
      timer = undefined;
      refreshedAt = clock.now();
      for (const list of due) void client.invalidateQueries({ queryKey: [list] });
      due.clear();
    };
    const stream = openStream({
      onLine: (next) => {
        setLine(next);
        if (next.state === 'reconnecting') void checkSession();
      },
      onStatus: (status) => client.setQueryData(statusQuery.queryKey, status),
      onDigest: ({ newest, topics }) => {
        for (const take of takers.current) take(newest);
        for (const topic of Object.keys(topics)) {
          for (const list of listsOf[topic.split('.')[0] ?? ''] ?? []) due.add(list);
        }
        if (timer !== undefined) return;
        const waitMs = refreshedAt + refreshEveryMs - clock.now();
        // A clock that was put back makes nobody wait longer.
        if (waitMs > 0 && waitMs <= refreshEveryMs) timer = clock.after(waitMs, refresh);
        else refresh();
      },
      onGap: () => void client.invalidateQueries(),
    });
    return () => {
      stream.close();
      timer?.cancel();
    };
  }, [client]);

  const live = useMemo<Live>(
    () => ({
      line,
      listen: (take) => {
        takers.current.add(take);
        return () => takers.current.delete(take);
      },
    }),
    [line],
  );
  return <LiveContext value={live}>{children}</LiveContext>;
}

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === undefined) throw new Error('there is no line to the engine here');
  return live;
}

export const useLine = (): Line => useLive().line;

/** Calls `take` with what happens while the component is there; in a burst, with the last of it. */
export function useEvents(take: Take): void {
  const { listen } = useLive();
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => listen((events) => latest.current(events)), [listen]);
}
