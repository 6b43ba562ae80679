import { useQueryClient } from '@tanstack/react-query';
import { useId, useState, type FormEvent } from 'react';

import type { TransferView } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import { traceText } from './trace-text.ts';

interface SettleProps {
  readonly transfer: TransferView;
  readonly onClose: () => void;
}

type End = 'completed' | 'failed';

/** A person's word on a transfer that no provider speaks of. */
export function Settle({ transfer, onClose }: SettleProps) {
  const t = useText(traceText);
  const w = useText(words);
  const client = useQueryClient();
  const [end, setEnd] = useState<End>('completed');
  const [typed, setTyped] = useState({ receipt: '', reason: '', line: '' });
  const [isTried, setTried] = useState(false);
  const settle = useOrder<TransferView>({
    path: `/revenue/transfers/${transfer.id}/settle`,
    onDone: () => {
      say(t.settleDone);
      onClose();
      void client.invalidateQueries({ queryKey: ['transfers'] });
    },
  });
  const receipt = typed.receipt.trim();
  const reason = typed.reason.trim();
  const statementLine = typed.line.trim();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (reason === '' || (end === 'completed' && receipt === '')) return;
    settle.mutate({
      end,
      reason,
      ...(end === 'completed' ? { receipt } : {}),
      ...(statementLine === '' ? {} : { statementLine }),
    });
  };
  const inputOf = (name: keyof typeof typed, maxLength: number) => ({
    value: typed[name],
    autoComplete: 'off',
    maxLength,
    onChange: ({ target }: { readonly target: { readonly value: string } }) =>
      setTyped({ ...typed, [name]: target.value }),
  });
  return (
    <form
      aria-label={t.settleTitle}
      noValidate
      onSubmit={submit}
      className="bg-sunk flex max-w-xl flex-col gap-4 rounded-md p-4"
    >
      <h2 className="text-base font-semibold">{t.settleTitle}</h2>
      <p className="text-soft text-sm">{t.settleLead}</p>
      <EndChoice end={end} onChoose={setEnd} />
      {end === 'completed' && (
        <Field
          label={t.receipt}
          error={isTried && receipt === '' ? t.receiptMissing : undefined}
          input={{ ...inputOf('receipt', 40), autoCapitalize: 'characters', spellCheck: false }}
        />
      )}
      <Field
        label={t.why}
        hint={t.whyHint}
        error={isTried && reason === '' ? t.whyMissing : undefined}
        input={inputOf('reason', 200)}
      />
      <Field label={t.line} input={{ ...inputOf('line', 40), spellCheck: false }} />
      {settle.error !== null && <ProblemNote error={settle.error} />}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" tone="primary" busy={settle.isPending}>
          {t.settleYes}
        </Button>
        <Button onClick={onClose}>{w.cancel}</Button>
      </div>
    </form>
  );
}

function EndChoice({
  end,
  onChoose,
}: {
  readonly end: End;
  readonly onChoose: (end: End) => void;
}) {
  const t = useText(traceText);
  const name = useId();
  return (
    <fieldset className="flex flex-wrap gap-x-6">
      <legend className="sr-only">{t.settleTitle}</legend>
      {(['completed', 'failed'] as const).map((value) => (
        <label key={value} className="flex min-h-11 items-center gap-2 text-sm">
          <input
            type="radio"
            name={name}
            checked={end === value}
            onChange={() => onChoose(value)}
            className="accent-accent size-4"
          />
          {value === 'completed' ? t.arrived : t.arrivedNot}
        </label>
      ))}
    </fieldset>
  );
}
