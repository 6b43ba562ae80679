import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { resetAnswerSchema, Status } from '#api/contract';
import type { z } from 'zod';

import { useOrder } from '../../api/order.ts';
import { kes } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import { targetsText } from './text.ts';

/** Counters at zero again; the books are not touched, and it says so. */
export function Reset({ status }: { readonly status: Status }) {
  const t = useText(targetsText);
  const w = useText(words);
  const client = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const reset = useOrder<z.output<typeof resetAnswerSchema>>({
    path: '/revenue/reset',
    onDone: ({ closed }) => {
      setAsking(false);
      say(t.resetDone(kes(closed.combined)));
      void client.invalidateQueries();
    },
  });
  return (
    <Card title={t.resetTitle}>
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.resetWhy}</p>
        {isAsking ? (
          <div className="bg-sunk flex flex-col gap-3 rounded-md p-4">
            <p role="status" className="text-sm">
              {t.resetAsk(kes(status.today.combined))}
            </p>
            {reset.error !== null && <ProblemNote error={reset.error} />}
            <div className="flex flex-wrap gap-3">
              <Button tone="danger" busy={reset.isPending} onClick={() => reset.mutate({})}>
                {t.resetYes}
              </Button>
              <Button disabled={reset.isPending} onClick={() => setAsking(false)}>
                {w.cancel}
              </Button>
            </div>
          </div>
        ) : (
          <div>
            <Button onClick={() => setAsking(true)}>{t.reset}</Button>
          </div>
        )}
      </div>
    </Card>
  );
}
