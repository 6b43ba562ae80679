import { queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { railNames } from '#kernel';
import type { PaymentView, PayInstructions } from '#api/contract';

import { ask } from '../../api/client.ts';
import type { ChargePayView } from '../../api/shapes.ts';
import { useEvents } from '../../live/live.tsx';
import { kes, money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Answer } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { BigAnswer } from './big-answer.tsx';
import { PaymentFacts } from './receipt-answer.tsx';
import { noteShown } from './shown.ts';
import { counterText } from './text.ts';

const payQuery = (id: string) =>
  queryOptions({
    queryKey: ['counter', 'charge', id],
    queryFn: ({ signal }) => ask<ChargePayView>(`/charges/${id}/pay`, { signal }),
    staleTime: 0,
  });

/** A charge stays paid when its money leaves again: whoever looks is told of the money. */
const wayBack: Readonly<Partial<Record<PaymentView['state'], 'goingBack' | 'goneBack'>>> = {
  refunding: 'goingBack',
  refunded: 'goneBack',
  reversed: 'goneBack',
};

interface ChargeWatchProps {
  readonly id: string;
  readonly onNext: () => void;
}

/** How it is paid, until it is. */
export function ChargeWatch({ id, onNext }: ChargeWatchProps) {
  const t = useText(counterText);
  const query = useQuery(payQuery(id));
  useEvents((events) => {
    const isAbout = events.some(({ topic }) => /^(?:payment|charge|exception)\./.test(topic));
    if (isAbout) void query.refetch();
  });
  return (
    <div className="flex flex-col gap-4">
      <Answer query={query} lines={6}>
        {(view) => <State view={view} />}
      </Answer>
      <Button size="large" onClick={onNext}>
        {t.newOne}
      </Button>
    </div>
  );
}

function State({ view }: { readonly view: ChargePayView }) {
  const t = useText(counterText);
  const { charge, payment, payInstructions } = view;
  const receipt = payment?.receipt;
  useEffect(() => {
    if (receipt !== undefined) noteShown(receipt);
  }, [receipt]);
  const reasons: Readonly<Record<string, string>> = t.reasons;
  switch (charge.state) {
    case 'paid': {
      const back = payment === null ? undefined : wayBack[payment.state];
      if (back !== undefined) {
        return (
          <BigAnswer shape="back" tone="bad" word={t.verdict[back]} verdict={back}>
            {payment !== null && <PaymentFacts payment={payment} />}
            <p className="text-lg">{t.why[back]}</p>
          </BigAnswer>
        );
      }
      return (
        <BigAnswer shape="tick" tone="good" word={t.verdict.paid} verdict="paid">
          {payment === null ? (
            <p className="figure text-xl font-semibold">{money(charge.amountDecimal)}</p>
          ) : (
            <PaymentFacts payment={payment} />
          )}
        </BigAnswer>
      );
    }
    case 'declined':
      return (
        <>
          <BigAnswer shape="cross" tone="bad" word={t.declined} verdict="declined">
            <p className="text-lg">{reasons[charge.reason ?? ''] ?? t.otherReason}</p>
          </BigAnswer>
          {payInstructions?.payTo != null && (
            <>
              <p className="text-base">{t.stillPayable}</p>
              <Place pay={payInstructions} amount={charge.amount} />
            </>
          )}
        </>
      );
    case 'expired':
      return (
        <BigAnswer shape="cross" tone="warn" word={t.expired} verdict="expired">
          <p className="text-lg">{t.expiredWhy}</p>
        </BigAnswer>
      );
    case 'unknown':
      return (
        <BigAnswer shape="clock" tone="warn" word={t.unknown} verdict="unknown">
          <p className="text-lg">{t.unknownWhy}</p>
        </BigAnswer>
      );
    case 'open':
    case 'prompting':
    case 'prompted':
      return <Payable view={view} />;
    default:
      return charge.state satisfies never;
  }
}

function Payable({ view: { charge, payInstructions } }: { readonly view: ChargePayView }) {
  const t = useText(counterText);
  const f = useFormats();
  const reasons: Readonly<Record<string, string>> = t.reasons;
  return (
    <>
      <BigAnswer shape="clock" tone="plain" word={money(charge.amountDecimal)} verdict="waiting">
        <p className="text-lg">{payInstructions?.prompt === true ? t.prompting : t.watching}</p>
        {charge.reason !== null && reasons[charge.reason] !== undefined && (
          <p className="text-base">{reasons[charge.reason]}</p>
        )}
        <p className="text-soft text-base">{t.expires(f.minute(timeOf(charge.expiresAt)))}</p>
      </BigAnswer>
      {payInstructions !== null && <Place pay={payInstructions} amount={charge.amount} />}
    </>
  );
}

/** Where the money goes, in figures that are read across a counter. */
function Place({ pay, amount }: { readonly pay: PayInstructions; readonly amount: number }) {
  const t = useText(counterText);
  const { payTo, codePath, prompt } = pay;
  if (payTo === null) {
    return prompt ? null : <p className="text-base">{t.noPlace}</p>;
  }
  return (
    <section className="bg-card border-line flex flex-wrap items-center justify-between gap-6 rounded-lg border p-5">
      <dl className="flex min-w-0 flex-col gap-4" data-testid="pay-to">
        <div>
          <dt className="text-soft text-base">
            {t.payHere(railNames[payTo.rail])} · {t.kinds[payTo.kind]}
          </dt>
          <dd className="figure font-mono text-2xl font-bold tracking-wide">{payTo.number}</dd>
        </div>
        {payTo.account !== null && (
          <div>
            <dt className="text-soft text-base">{t.account}</dt>
            <dd className="font-mono text-2xl font-bold tracking-wide break-all">
              {payTo.account}
            </dd>
          </div>
        )}
        <div>
          <dt className="text-soft text-base">{t.amount}</dt>
          <dd className="figure text-2xl font-bold">{kes(amount)}</dd>
        </div>
      </dl>
      {codePath !== null && <Code path={codePath} />}
    </section>
  );
}

/** Drawn by the provider; where it draws none now, nothing stands in its place. */
function Code({ path }: { readonly path: string }) {
  const t = useText(counterText);
  const [failed, setFailed] = useState<string>();
  if (failed === path) return null;
  return (
    <figure className="flex flex-col items-center gap-2">
      <img
        src={path}
        alt={t.code}
        width={220}
        height={220}
        onError={() => setFailed(path)}
        className="rounded-md bg-[white] p-2"
      />
      <figcaption className="text-soft text-sm">{t.scan}</figcaption>
    </figure>
  );
}
