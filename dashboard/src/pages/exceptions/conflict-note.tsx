import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';

import { useNow } from '../../clock.ts';
import { useActorName } from '../../text/actors.ts';
import { timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Waiting } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { isPlaceable, standingFix } from './figures.ts';
import { fixText } from './fix-text.ts';
import { useFixWords } from './fix-words.ts';
import { exceptionQuery } from './queries.ts';

interface ConflictNoteProps {
  readonly id: string;
  readonly busy: boolean;
  readonly onLeave: () => void;
  readonly onGoOn: (fixId: string) => void;
}

/** Another tab, another person or the engine has dealt with it since it was opened. */
export function ConflictNote({ id, busy, onLeave, onGoOn }: ConflictNoteProps) {
  const t = useText(fixText);
  const f = useFormats();
  const now = useNow();
  const fixWords = useFixWords();
  const actor = useActorName();
  const client = useQueryClient();
  const trace = useQuery(exceptionQuery(id));
  useEffect(() => {
    void client.invalidateQueries({ queryKey: ['exceptions'] });
  }, [client]);
  if (trace.data === undefined || trace.data.exception.state === 'open') {
    return <Waiting lines={2} />;
  }
  const { exception, history, payment } = trace.data;
  const fix = standingFix(history);
  const { fixId } = exception;
  return (
    <div role="alert" className="bg-warn-wash text-ink flex flex-col gap-3 rounded-md p-4 text-sm">
      <p className="text-warn font-semibold">{t.form.changedTitle}</p>
      <p>
        {fix === undefined
          ? t.will.changedAlone
          : t.will.changed({
              what: fixWords.name(fix.kind),
              who: actor(fix.appliedBy),
              when: f.ago(Math.min(timeOf(fix.appliedAt), now), now),
              reason: fix.reason,
            })}
      </p>
      <div className="flex flex-wrap gap-3">
        <Button onClick={onLeave}>{t.form.leave}</Button>
        {fixId !== null && isPlaceable(payment) && (
          <Button busy={busy} onClick={() => onGoOn(fixId)}>
            {t.form.goOn}
          </Button>
        )}
      </div>
    </div>
  );
}
