import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState, type FormEvent } from 'react';

import type { RailId } from '#kernel';
import type { PayeeView, TransferView } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { useActorName } from '../../text/actors.ts';
import { timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer, Empty } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { say } from '../../ui/toast.ts';
import type { Tone } from '../../ui/tone.ts';
import { numbersText } from './numbers-text.ts';
import { payeesQuery } from './queries.ts';
import { RailChoice } from './rail-choice.tsx';
import { isConfigured, usePayeeLabel } from './state.tsx';

/** The numbers money may go to, and what each still needs. */
export function Numbers() {
  const t = useText(numbersText);
  const payees = useQuery(payeesQuery);
  return (
    <div className="flex flex-col gap-4 md:gap-6 lg:grid lg:grid-cols-3">
      <div className="flex min-w-0 flex-col gap-4 lg:col-span-2">
        <Card title={t.title}>
          <p className="text-soft mb-4 text-sm">{t.lead}</p>
          <Answer query={payees} lines={6}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t.noneTitle}>{t.none}</Empty>
              ) : (
                <ul className="divide-line -mx-4 divide-y">
                  {items.map((payee) => (
                    <li key={payee.id} className="px-4 py-4">
                      <Payee payee={payee} />
                    </li>
                  ))}
                </ul>
              )
            }
          </Answer>
        </Card>
      </div>
      <div className="flex min-w-0 flex-col gap-4">
        <AddNumber />
        <Card title={t.coolingTitle}>
          <p className="text-soft text-sm">{t.cooling}</p>
        </Card>
      </div>
    </div>
  );
}

const toneOf: Readonly<Record<PayeeView['state'], Tone>> = {
  unconfirmed: 'plain',
  testing: 'accent',
  confirmed: 'good',
  refused: 'bad',
};

function Payee({ payee }: { readonly payee: PayeeView }) {
  const t = useText(numbersText);
  const f = useFormats();
  const { coolingUntil, warning, confirmedBy } = payee;
  const nameOf = useActorName();
  const labelOf = usePayeeLabel();
  return (
    <article aria-label={`${payee.label} ${payee.number}`} className="flex flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <span className="flex min-w-0 items-center gap-3">
          <RailMark rail={payee.type} bare />
          <span className="figure text-base font-semibold">{payee.number}</span>
        </span>
        <Badge tone={payee.bySandbox ? 'plain' : toneOf[payee.state]}>
          {payee.bySandbox ? t.bySandbox : t.states[payee.state]}
        </Badge>
      </div>
      <p className="text-soft text-sm">
        {[
          labelOf(payee),
          ...(payee.active ? [t.active] : []),
          ...(confirmedBy === null ? [] : [t.confirmedBy(nameOf(confirmedBy))]),
          ...(confirmedBy !== null || isConfigured(payee)
            ? []
            : [t.addedBy(nameOf(payee.addedBy))]),
        ].join(' · ')}
      </p>
      {coolingUntil !== null && (
        <p className="text-warn text-sm">{t.coolingUntil(f.moment(timeOf(coolingUntil)))}</p>
      )}
      {warning !== null && <p className="text-warn text-sm">{warning}</p>}
      {payee.state !== 'confirmed' && <NextStep payee={payee} />}
    </article>
  );
}

/** Test, read, type: until somebody has shown to hold the phone. */
function NextStep({ payee }: { readonly payee: PayeeView }) {
  const t = useText(numbersText);
  const client = useQueryClient();
  const again = (): void => void client.invalidateQueries({ queryKey: ['payees'] });
  const test = useOrder<TransferView>({
    path: `/revenue/payees/${payee.id}/test`,
    onDone: () => {
      say(t.testSent);
      again();
    },
  });
  return (
    <div className="flex flex-col gap-3 pt-1">
      {payee.state === 'testing' && <ConfirmNumber payee={payee} onDone={again} />}
      {test.error !== null && <ProblemNote error={test.error} />}
      <div className="flex flex-wrap items-center gap-4">
        <Button busy={test.isPending} onClick={() => test.mutate({})}>
          {payee.testId === null ? t.test : t.testAgain}
        </Button>
        {payee.testId !== null && (
          <Link
            to="/transfers/$id"
            params={{ id: payee.testId }}
            className="text-accent inline-flex min-h-11 items-center text-sm underline underline-offset-4"
          >
            {t.seeTest}
          </Link>
        )}
      </div>
    </div>
  );
}

interface ConfirmNumberProps {
  readonly payee: PayeeView;
  readonly onDone: () => void;
}

function ConfirmNumber({ payee, onDone }: ConfirmNumberProps) {
  const t = useText(numbersText);
  const [receipt, setReceipt] = useState('');
  const confirm = useOrder<PayeeView>({
    path: `/revenue/payees/${payee.id}/confirm`,
    onDone: () => {
      say(t.confirmed);
      onDone();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (receipt.trim() !== '') confirm.mutate({ receipt: receipt.trim() });
  };
  return (
    <form onSubmit={submit} className="bg-sunk flex max-w-md flex-col gap-3 rounded-md p-4">
      <Field
        label={t.receipt}
        hint={t.receiptHint}
        input={{
          value: receipt,
          autoComplete: 'off',
          autoCapitalize: 'characters',
          spellCheck: false,
          maxLength: 40,
          onChange: (event) => setReceipt(event.target.value),
        }}
      />
      {confirm.error !== null && <ProblemNote error={confirm.error} />}
      <div>
        <Button type="submit" tone="primary" busy={confirm.isPending}>
          {t.confirm}
        </Button>
      </div>
    </form>
  );
}

function AddNumber() {
  const t = useText(numbersText);
  const w = useText(words);
  const client = useQueryClient();
  const [rail, setRail] = useState<RailId>('mpesa');
  const [phone, setPhone] = useState('');
  const [label, setLabel] = useState('');
  const [isTried, setTried] = useState(false);
  const add = useOrder<PayeeView>({
    path: '/revenue/payees',
    onDone: () => {
      say(t.added);
      setPhone('');
      setLabel('');
      setTried(false);
      void client.invalidateQueries({ queryKey: ['payees'] });
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (phone.trim() === '' || label.trim() === '') return;
    add.mutate({ type: rail, phone: phone.trim(), label: label.trim() });
  };
  return (
    <Card title={t.addTitle}>
      <form onSubmit={submit} noValidate className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.addLead}</p>
        <RailChoice label={w.rail} value={rail} onChoose={setRail} />
        <Field
          label={t.phone}
          hint={t.phoneHint}
          error={isTried && phone.trim() === '' ? t.phoneMissing : undefined}
          input={{
            type: 'tel',
            value: phone,
            autoComplete: 'off',
            maxLength: 32,
            onChange: (event) => setPhone(event.target.value),
          }}
        />
        <Field
          label={t.label}
          hint={t.labelHint}
          error={isTried && label.trim() === '' ? t.labelMissing : undefined}
          input={{
            value: label,
            autoComplete: 'off',
            maxLength: 60,
            onChange: (event) => setLabel(event.target.value),
          }}
        />
        {add.error !== null && <ProblemNote error={add.error} />}
        <Button type="submit" tone="primary" busy={add.isPending}>
          {t.add}
        </Button>
      </form>
    </Card>
  );
}
