import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef, useState, type FormEvent } from 'react';

import type { RailId } from '#kernel';
import type { TransferPreviewView, TransferView } from '#api/contract';

import { useOrder } from '../../api/order.ts';
import { clock } from '../../clock.ts';
import { money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { say } from '../../ui/toast.ts';
import { typedAmount } from './amount.ts';
import { Confirmation } from './confirm.tsx';
import { orderText } from './order-text.ts';
import { Preview } from './preview.tsx';
import { payeesQuery, previewQuery } from './queries.ts';
import { RailChoice } from './rail-choice.tsx';
import { withoutOrder } from './search.ts';

export type OrderKind = 'manual' | 'top-up';

/** What was typed, kept until it is ordered: a refusal or a lost session takes nothing away. */
export interface Draft {
  readonly rail: RailId;
  readonly amount: string;
  /** Empty: the usual number. */
  readonly payee: string;
  readonly reason: string;
}

const settleMs = 350;

/** The last value that stood still for a moment: not every digit is a question to the engine. */
function useSettled<Value>(value: Value): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = clock.after(settleMs, () => setSettled(value));
    return () => timer.cancel();
  }, [value]);
  return settled;
}

export function OrderCard({ kind }: { readonly kind: OrderKind }) {
  const t = useText(orderText);
  const search = useSearch({ from: '/transfers' });
  const navigate = useNavigate({ from: '/transfers' });
  const [draft, setDraft] = useState<Draft>({
    rail: kind === 'top-up' ? 'mpesa' : (search.rail ?? 'mpesa'),
    amount: '',
    payee: '',
    reason: '',
  });
  const [step, setStep] = useState<'form' | 'confirm'>('form');
  const amount = typedAmount(draft.amount);
  const order = useOrder<TransferView>({
    path: kind === 'manual' ? '/revenue/transfer' : '/revenue/transfers/top-up',
    onDone: (transfer) => {
      say(t.taken(money(transfer.amountDecimal)));
      void navigate({ to: '/transfers/$id', params: { id: transfer.id } });
    },
  });
  const close = (): void => void navigate({ search: withoutOrder, resetScroll: false });
  const body = {
    type: draft.rail,
    amount,
    ...(draft.reason.trim() === '' ? {} : { reason: draft.reason.trim() }),
    ...(draft.payee === '' ? {} : { payee: draft.payee }),
  };
  return (
    <Card title={t.title[kind]}>
      {step === 'confirm' && amount !== undefined ? (
        <Confirmation
          kind={kind}
          draft={draft}
          amount={amount}
          order={{ ...order, send: () => order.mutate(body) }}
          onChange={() => setStep('form')}
        />
      ) : (
        <OrderForm
          kind={kind}
          draft={draft}
          onDraft={setDraft}
          onClose={close}
          onReady={() => {
            order.reset();
            setStep('confirm');
          }}
        />
      )}
    </Card>
  );
}

interface OrderFormProps {
  readonly kind: OrderKind;
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly onReady: () => void;
  readonly onClose: () => void;
}

function OrderForm({ kind, draft, onDraft, onReady, onClose }: OrderFormProps) {
  const t = useText(orderText);
  const w = useText(words);
  const [isTried, setTried] = useState(false);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const amount = typedAmount(draft.amount);
  const asked = useSettled(amount);
  const preview = useQuery({
    ...previewQuery({
      type: draft.rail,
      amount: asked ?? 1,
      kind,
      ...(draft.payee === '' ? {} : { payee: draft.payee }),
    }),
    enabled: asked !== undefined,
  });
  const isOfThis = asked === amount && preview.data?.amount === amount;
  const refused = isOfThis && (preview.data?.refusals.length ?? 0) > 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(true);
    if (amount !== undefined && !refused) onReady();
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-6 md:grid-cols-2">
      <div className="flex flex-col gap-4">
        <p className="text-soft text-sm">{t.lead[kind]}</p>
        {kind === 'manual' && (
          <RailChoice
            label={t.from}
            value={draft.rail}
            onChoose={(rail) => onDraft({ ...draft, rail, payee: '' })}
          />
        )}
        <Field
          label={w.amount}
          before="KES"
          big
          error={isTried && amount === undefined ? t.amountWrong : undefined}
          input={{
            ref: first,
            name: 'amount',
            value: draft.amount,
            inputMode: 'numeric',
            autoComplete: 'off',
            maxLength: 16,
            onChange: (event) => onDraft({ ...draft, amount: event.target.value }),
          }}
        />
        {kind === 'manual' && <PayeeChoice draft={draft} onDraft={onDraft} />}
        <Field
          label={t.why}
          hint={t.whyHint}
          input={{
            name: 'reason',
            value: draft.reason,
            maxLength: 200,
            autoComplete: 'off',
            onChange: (event) => onDraft({ ...draft, reason: event.target.value }),
          }}
        />
        <div className="flex flex-wrap items-start gap-3">
          <Button type="submit" tone="primary" because={refused ? t.wouldRefuse : undefined}>
            {t.check}
          </Button>
          <Button onClick={onClose}>{t.close}</Button>
        </div>
      </div>
      <PreviewBeside isAsked={asked !== undefined} query={preview} />
    </form>
  );
}

interface PreviewBesideProps {
  readonly isAsked: boolean;
  readonly query: ReturnType<typeof useQuery<TransferPreviewView>>;
}

function PreviewBeside({ isAsked, query }: PreviewBesideProps) {
  const t = useText(orderText);
  return (
    <section aria-label={t.previewTitle} className="bg-sunk flex flex-col gap-3 rounded-md p-4">
      <h3 className="text-sm font-semibold">{t.previewTitle}</h3>
      {isAsked ? (
        <Answer query={query} lines={6}>
          {(data) => <Preview preview={data} />}
        </Answer>
      ) : (
        <p className="text-soft text-sm">{t.typeAmount}</p>
      )}
    </section>
  );
}

function PayeeChoice({ draft, onDraft }: Pick<OrderFormProps, 'draft' | 'onDraft'>) {
  const t = useText(orderText);
  const payees = useQuery(payeesQuery);
  const ofRail = (payees.data?.items ?? []).filter(({ type }) => type === draft.rail);
  const usual = ofRail.find(({ active }) => active);
  const others = ofRail.filter(({ active, confirmed }) => !active && confirmed);
  const hasUnconfirmed = ofRail.some(({ confirmed }) => !confirmed);
  return (
    <Select
      label={t.to}
      {...(hasUnconfirmed ? { hint: t.unconfirmed } : {})}
      value={draft.payee}
      onChoose={(payee) => onDraft({ ...draft, payee })}
      choices={[
        {
          value: '',
          label: usual === undefined ? t.configuredNone : t.configured(usual.number),
        },
        ...others.map(({ id, label, number }) => ({ value: id, label: `${label} · ${number}` })),
      ]}
    />
  );
}
