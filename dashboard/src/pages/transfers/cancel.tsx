import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { TransferView } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { useText } from '../../text/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import { traceText } from './trace-text.ts';

interface CancelProps {
  readonly id: string;
  readonly onClose: () => void;
}

/** Asked once more, because a cancelled transfer does not come back. */
export function Cancel({ id, onClose }: CancelProps) {
  const t = useText(traceText);
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const cancel = useOrder<TransferView>({
    path: `/revenue/transfers/${id}/cancel`,
    onDone: () => {
      say(t.cancelDone);
      onClose();
      void client.invalidateQueries({ queryKey: ['transfers'] });
    },
  });
  const body = reason.trim() === '' ? {} : { reason: reason.trim() };
  return (
    <form
      aria-label={t.cancelTitle}
      className="bg-sunk flex max-w-xl flex-col gap-4 rounded-md p-4"
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate(body);
      }}
    >
      <h2 className="text-base font-semibold">{t.cancelTitle}</h2>
      <p className="text-sm">{t.cancelLead}</p>
      <Field
        label={t.why}
        hint={t.whyHint}
        input={{
          value: reason,
          autoFocus: true,
          autoComplete: 'off',
          maxLength: 200,
          onChange: (event) => setReason(event.target.value),
        }}
      />
      {cancel.error !== null && <ProblemNote error={cancel.error} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" tone="danger" busy={cancel.isPending}>
          {t.cancelYes}
        </Button>
        <Button onClick={onClose}>{t.cancelNo}</Button>
      </div>
    </form>
  );
}
