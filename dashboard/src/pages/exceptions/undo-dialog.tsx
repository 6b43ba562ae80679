import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type FormEvent } from 'react';

import type { undoOrderSchema } from '#api/contract';
import type { z } from 'zod';

import { useOrder } from '../../api/order.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { standingFix } from './figures.ts';
import { fieldError } from './fix-dialog.tsx';
import { fixText } from './fix-text.ts';
import { useFixWords } from './fix-words.ts';
import { exceptionQuery } from './queries.ts';
import type { ExceptionTraceView, FixAnswerView } from './shapes.ts';
import { exceptionsText } from './text.ts';

interface UndoDialogProps {
  readonly exceptionId: string;
  readonly onClose: () => void;
  readonly onUndone: (answer: FixAnswerView) => void;
}

/** Takes the last fix back; why is kept as well. */
export function UndoDialog({ exceptionId, onClose, onUndone }: UndoDialogProps) {
  const t = useText(exceptionsText);
  const trace = useQuery(exceptionQuery(exceptionId));
  const confirm = useRef<HTMLButtonElement>(null);
  return (
    <Dialog open onClose={onClose} title={t.undoTitle} focusFirst={confirm}>
      <Answer query={trace}>
        {(data) => (
          <UndoForm trace={data} confirm={confirm} onClose={onClose} onUndone={onUndone} />
        )}
      </Answer>
    </Dialog>
  );
}

interface UndoFormProps extends Omit<UndoDialogProps, 'exceptionId'> {
  readonly trace: ExceptionTraceView;
  readonly confirm: React.RefObject<HTMLButtonElement | null>;
}

const unmoving: readonly string[] = ['keep', 'dismiss'];

function UndoForm({ trace, confirm, onClose, onUndone }: UndoFormProps) {
  const t = useText(exceptionsText);
  const forms = useText(fixText).form;
  const w = useText(words);
  const f = useFixWords();
  const [reason, setReason] = useState<string>(t.undoReason);
  const order = useOrder<FixAnswerView, z.input<typeof undoOrderSchema>>({
    path: `/exceptions/${trace.exception.id}/undo`,
    onDone: onUndone,
  });
  const fix = standingFix(trace.history);
  if (fix === undefined || fix.kind === 'refund') {
    return (
      <>
        <p className="text-sm">{fix === undefined ? t.undoNothing : t.undoRefund}</p>
        <div className="flex justify-end">
          <Button ref={confirm} onClick={onClose}>
            {w.close}
          </Button>
        </div>
      </>
    );
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (reason.trim() !== '' && !order.isPending) order.mutate({ reason: reason.trim() });
  };
  const name = f.name(fix.kind);
  return (
    <form noValidate onSubmit={submit} className="flex flex-col gap-4">
      <p className="text-sm">
        {unmoving.includes(fix.kind) ? t.undoKeeps(name) : t.undoWhat(name)}
      </p>
      <Field
        label={w.reason}
        hint={forms.reasonHint}
        error={reason.trim() === '' ? forms.reasonNeeded : fieldError(order.error, 'reason')}
        input={{
          value: reason,
          maxLength: 200,
          required: true,
          onChange: (event) => setReason(event.target.value),
        }}
      />
      {order.error !== null && <ProblemNote error={order.error} />}
      <div className="flex flex-wrap justify-end gap-3">
        <Button onClick={onClose}>{w.cancel}</Button>
        <Button type="submit" tone="primary" ref={confirm} busy={order.isPending}>
          {t.undoNow}
        </Button>
      </div>
    </form>
  );
}
