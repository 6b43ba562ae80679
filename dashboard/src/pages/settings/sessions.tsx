import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { ask } from '../../api/client.ts';
import type { SessionListView } from '../../api/shapes.ts';
import { logOut } from '../../session/session.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Ago, When } from '../../ui/time.tsx';
import { say } from '../../ui/toast.ts';
import { deviceOf } from './device.ts';
import { settingsText } from './text.ts';

type SessionView = SessionListView['items'][number];

const path = '/master/sessions';
const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: ({ signal }) => ask<SessionListView>(path, { signal }),
  staleTime: 0,
});

/** Everybody who may look and act: nobody who should not be there stays unseen. */
export function Sessions() {
  const t = useText(settingsText);
  const sessions = useQuery(sessionsQuery);
  return (
    <Card title={t.sessions}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.sessionsWhy}</p>
        <Answer query={sessions} lines={4}>
          {({ items }) => <List items={items} />}
        </Answer>
        <LogOut />
      </div>
    </Card>
  );
}

function List({ items }: { readonly items: readonly SessionView[] }) {
  const t = useText(settingsText);
  // One's own first: the others are what one looks for.
  const all = items.toSorted((one, other) => Number(other.current) - Number(one.current));
  const others = items.filter(({ current }) => !current).length;
  return (
    <>
      <ul className="divide-line divide-y">
        {all.map((session) => (
          <OneSession key={session.id} session={session} />
        ))}
      </ul>
      {others === 0 ? <p className="text-soft text-sm">{t.alone}</p> : <EndOthers />}
    </>
  );
}

function OneSession({ session }: { readonly session: SessionView }) {
  const t = useText(settingsText);
  const [isAsking, setAsking] = useState(false);
  const device = useDevice(session.userAgent);
  return (
    <li className="flex items-center justify-between gap-3 py-3">
      <div className="min-w-0 text-sm">
        <p className="font-medium break-words">{device}</p>
        <p className="text-soft text-xs">
          {t.since} <When at={session.createdAt} /> · {t.seen} <Ago at={session.lastSeenAt} />
        </p>
        <p className="text-soft text-xs break-all">
          {t.from} {session.source}
        </p>
      </div>
      {session.current ? (
        <Badge tone="accent">{t.thisOne}</Badge>
      ) : (
        <Button aria-label={t.endNamed(device)} onClick={() => setAsking(true)}>
          {t.end}
        </Button>
      )}
      {isAsking && (
        <EndDialog
          title={t.endTitle}
          lead={t.endLead(device)}
          confirm={t.end}
          path={`${path}/${session.id}`}
          onEnd={() => t.endDone}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}

function useDevice(userAgent: string | null): string {
  const t = useText(settingsText);
  const device = deviceOf(userAgent);
  if (device === undefined) return t.unknownDevice;
  return device.system === undefined ? device.browser : t.on(device.browser, device.system);
}

function EndOthers() {
  const t = useText(settingsText);
  const [isAsking, setAsking] = useState(false);
  return (
    <div>
      <Button onClick={() => setAsking(true)}>{t.endOthers}</Button>
      {isAsking && (
        <EndDialog
          title={t.endOthersTitle}
          lead={t.endOthersLead}
          confirm={t.endOthers}
          path={path}
          onEnd={(answer) => t.othersDone(answer?.ended ?? 0)}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** One session answers with nothing, all others with how many. */
type Ended = { readonly ended: number } | undefined;

interface EndDialogProps {
  readonly title: string;
  readonly lead: string;
  readonly confirm: string;
  readonly path: string;
  readonly onEnd: (answer: Ended) => string;
  readonly onClose: () => void;
}

/** Ending a session twice ends it once: this order needs no key. */
function EndDialog({ title, lead, confirm, path: ended, onEnd, onClose }: EndDialogProps) {
  const w = useText(words);
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => ask<Ended>(ended, { method: 'DELETE' }),
    onSuccess: (answer) => {
      say(onEnd(answer));
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  return (
    <Dialog open onClose={onClose} title={title} lead={lead}>
      {end.error !== null && <ProblemNote error={end.error} />}
      <div className="flex flex-wrap justify-end gap-3">
        <Button onClick={onClose}>{w.cancel}</Button>
        <Button tone="danger" busy={end.isPending} onClick={() => end.mutate()}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}

function LogOut() {
  const t = useText(settingsText);
  const out = useMutation({ mutationFn: logOut });
  return (
    <div className="border-line flex flex-col items-start gap-2 border-t pt-4">
      {out.error !== null && <ProblemNote error={out.error} />}
      <Button busy={out.isPending} onClick={() => out.mutate()}>
        {t.logOut}
      </Button>
    </div>
  );
}
