import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Status } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { statusQuery } from '../../api/queries.ts';
import { useActorName } from '../../text/actors.ts';
import { timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import { todayText } from './text.ts';

/** The switch for all that goes out. What comes in is always taken. */
export function EngineCard({ status }: { readonly status: Status }) {
  const t = useText(todayText);
  const w = useText(words);
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const isRunning = status.status === 'running';
  const done = (text: string): void => {
    setAsking(false);
    setReason('');
    say(text);
    void client.invalidateQueries({ queryKey: statusQuery.queryKey });
  };
  const start = useOrder({ path: '/revenue/start', onDone: () => done(t.startDone) });
  const stop = useOrder({ path: '/revenue/stop', onDone: () => done(t.stopDone) });
  const body = reason.trim() === '' ? {} : { reason: reason.trim() };
  return (
    <Card
      title={t.engine}
      beside={<Badge tone={isRunning ? 'good' : 'warn'}>{isRunning ? t.running : t.stopped}</Badge>}
    >
      <div className="flex flex-col gap-3">
        <Since engine={status.engine} />
        {start.error !== null && <ProblemNote error={start.error} />}
        {isRunning ? (
          <Button onClick={() => setAsking(true)}>{t.stop}</Button>
        ) : (
          <Button tone="primary" busy={start.isPending} onClick={() => start.mutate({})}>
            {t.start}
          </Button>
        )}
      </div>
      <Dialog
        open={isAsking}
        onClose={() => setAsking(false)}
        title={t.stopTitle}
        lead={t.stopLead}
      >
        <Field
          label={t.why}
          input={{
            value: reason,
            maxLength: 200,
            onChange: (event) => setReason(event.target.value),
          }}
        />
        {stop.error !== null && <ProblemNote error={stop.error} />}
        <div className="flex flex-wrap justify-end gap-3">
          <Button onClick={() => setAsking(false)}>{w.cancel}</Button>
          <Button tone="danger" busy={stop.isPending} onClick={() => stop.mutate(body)}>
            {t.stop}
          </Button>
        </div>
      </Dialog>
    </Card>
  );
}

/** Nobody has turned it on or off yet: the first start did. */
const firstStart = 'engine:start';

function Since({ engine: { since, changedBy, reason } }: Pick<Status, 'engine'>) {
  const t = useText(todayText);
  const f = useFormats();
  const nameOf = useActorName();
  const time = f.moment(timeOf(since));
  if (changedBy === firstStart) {
    return <p className="text-soft text-sm">{t.engineSinceFirst(time)}</p>;
  }
  return (
    <>
      <p className="text-soft text-sm">{t.engineSince(time, nameOf(changedBy))}</p>
      {reason !== '' && <p className="text-sm">{reason}</p>}
    </>
  );
}
