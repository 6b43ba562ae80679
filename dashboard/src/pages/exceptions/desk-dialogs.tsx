import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import { statusQuery } from '../../api/queries.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { say } from '../../ui/toast.ts';
import { noteFixed, putOnDesk, useDesk } from './desk.ts';
import { FixDialog } from './fix-dialog.tsx';
import { useFixWords } from './fix-words.ts';
import { showFixed } from './queries.ts';
import type { FixAnswerView } from './shapes.ts';
import { exceptionsText } from './text.ts';
import { UndoDialog } from './undo-dialog.tsx';

const clear = (): void => putOnDesk({ kind: 'clear' });

/** Also from a page that has been gone to meanwhile. */
function useAskToUndo(): (exceptionId: string) => void {
  const router = useRouter();
  return (exceptionId) => {
    putOnDesk({ kind: 'undoing', exceptionId });
    if (router.state.location.pathname.startsWith('/exceptions')) return;
    void router.navigate({ to: '/exceptions/$id', params: { id: exceptionId } });
  };
}

interface DeskDialogsProps {
  /** Told what was just done about which. */
  readonly onDone?: (answer: FixAnswerView) => void;
}

/** What is being decided, in front of the page; and what became of it. */
export function DeskDialogs({ onDone }: DeskDialogsProps) {
  const t = useText(exceptionsText);
  const f = useFixWords();
  const client = useQueryClient();
  const desk = useDesk();
  const askToUndo = useAskToUndo();
  // What was left lying there when the page was gone from is no longer meant.
  useEffect(() => clear, []);
  const done = (answer: FixAnswerView): void => {
    void showFixed(client, answer);
    onDone?.(answer);
    clear();
  };
  const fixed = (answer: FixAnswerView): void => {
    const { fix, exception } = answer;
    const title = exception.state === 'open' ? t.stillOpen : t.fixed(f.name(fix.kind));
    const canUndo = fix.kind !== 'refund';
    noteFixed(canUndo ? exception.id : undefined);
    if (canUndo) say(title, { label: t.undo, act: () => askToUndo(exception.id) });
    else say(title);
    done(answer);
  };
  const undone = (answer: FixAnswerView): void => {
    noteFixed(undefined);
    say(t.undoDone);
    done(answer);
  };
  if (desk.kind === 'clear') return null;
  return desk.kind === 'fixing' ? (
    <FixDialog
      key={desk.exception.id}
      exception={desk.exception}
      choice={desk.choice}
      onClose={clear}
      onFixed={fixed}
    />
  ) : (
    <UndoDialog exceptionId={desk.exceptionId} onClose={clear} onUndone={undone} />
  );
}

/** How many are left, said to screen readers whenever that changes. */
export function LeftNow() {
  const t = useText(exceptionsText);
  const f = useFormats();
  const { data } = useQuery({ ...statusQuery, enabled: false });
  const count = data?.health.openExceptions;
  const [first] = useState(count);
  const text = count === undefined || count === first ? '' : t.leftNow(f.count(count));
  return (
    <p role="status" className="sr-only">
      {text}
    </p>
  );
}
