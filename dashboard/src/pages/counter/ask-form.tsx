import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import { parseMsisdn, railHintOf, type RailId } from '#kernel';
import type { ChargeView } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { statusQuery } from '../../api/queries.ts';
import { useText } from '../../text/language.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { counterText } from './text.ts';

/** A sale at the counter does not wait for days. */
const expiresInMinutes = 30;
const lastStream = 'qmoi.counter-stream';

/** A till sells the same thing all day. */
function keptStream(): string {
  try {
    return localStorage.getItem(lastStream) ?? '';
  } catch {
    return '';
  }
}

function keepStream(stream: string): void {
  try {
    localStorage.setItem(lastStream, stream);
  } catch {
    // A browser that keeps nothing: it is chosen again.
  }
}

function railOf(typed: string): RailId | undefined {
  const phone = parseMsisdn(typed);
  return phone.ok ? railHintOf(phone.value) : undefined;
}

/** A charge, and a prompt only when the customer stands here and has asked for it. */
export function AskForm({ onAsked }: { readonly onAsked: (id: string) => void }) {
  const t = useText(counterText);
  const status = useQuery(statusQuery).data;
  const streams = status?.streams ?? [];
  const [amount, setAmount] = useState('');
  const [phone, setPhone] = useState('');
  const [stream, setStream] = useState(keptStream);
  const [isPresent, setPresent] = useState(false);
  const [wasTried, setTried] = useState(false);
  const order = useOrder<ChargeView>({
    path: '/charges',
    onDone: (charge) => onAsked(charge.id),
  });

  const shillings = /^[\d,]{1,13}$/.test(amount.trim()) ? Number(amount.replaceAll(',', '')) : 0;
  const hasPhone = phone.trim() !== '';
  const chosen = streams.some(({ id }) => id === stream) ? stream : (streams[0]?.id ?? '');
  const badAmount = shillings < 1;
  const badPhone = hasPhone && !parseMsisdn(phone).ok;
  const lacksPresence = hasPhone && !isPresent;

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (badAmount || badPhone || lacksPresence || chosen === '' || order.isPending) return;
    keepStream(chosen);
    const rail = hasPhone ? railOf(phone) : undefined;
    order.mutate({
      stream: chosen,
      amount: shillings,
      expiresInMinutes,
      // The network of the phone is asked, and not the usual one of what is bought.
      ...(rail !== undefined && status?.weather[rail] != null && { rail }),
      ...(hasPhone && { phone, consent: { basis: 'payer-act' } }),
    });
  };

  return (
    <Card>
      <form onSubmit={submit} className="mx-auto flex max-w-xl flex-col gap-4" noValidate>
        <Field
          label={t.amount}
          before="KES"
          big
          error={wasTried && badAmount ? t.badAmount : undefined}
          input={{
            value: amount,
            inputMode: 'numeric',
            autoComplete: 'off',
            autoFocus: true,
            maxLength: 13,
            onChange: (event) => setAmount(event.target.value),
          }}
        />
        <Field
          label={t.phone}
          big
          error={wasTried && badPhone ? t.badPhone : undefined}
          input={{
            value: phone,
            type: 'tel',
            autoComplete: 'off',
            maxLength: 20,
            onChange: (event) => {
              setPhone(event.target.value);
              // Another customer: what the one before has asked for says nothing.
              setPresent(false);
            },
          }}
        />
        {hasPhone && (
          <div className="flex flex-col gap-1">
            <label className="flex min-h-14 items-center gap-3 text-base font-medium">
              <input
                type="checkbox"
                checked={isPresent}
                onChange={(event) => setPresent(event.target.checked)}
                className="accent-accent size-7 shrink-0"
              />
              {t.present}
            </label>
            <p className="text-soft text-sm">{t.presentWhy}</p>
            {wasTried && lacksPresence && (
              <p role="alert" className="text-bad text-sm">
                {t.needsPresence}
              </p>
            )}
          </div>
        )}
        <Select
          label={t.stream}
          value={chosen}
          choices={streams.map(({ id, name }) => ({ value: id, label: name }))}
          onChoose={setStream}
        />
        {order.error !== null && <ProblemNote error={order.error} />}
        <Button type="submit" tone="primary" size="large" wide busy={order.isPending}>
          {hasPhone ? t.promptNow : t.askNow}
        </Button>
      </form>
    </Card>
  );
}
