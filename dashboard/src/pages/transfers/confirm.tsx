import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';

import { railNames } from '#kernel';

import { isRefusal } from '../../api/client.ts';
import { kes, money } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Facts } from '../../ui/card.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Draft, OrderKind } from './order.tsx';
import { orderText } from './order-text.ts';
import { Objections } from './preview.tsx';
import { payeesQuery, previewQuery } from './queries.ts';
import { usePayeeLabel } from './state.tsx';

/** An order on its way to the engine, or what came back. */
export interface Sending {
  readonly isPending: boolean;
  readonly error: unknown;
  readonly send: () => void;
}

/** Nobody knows what became of it: no answer came, or one that says nothing. */
export const isLost = (error: unknown): boolean => error !== null && !isRefusal(error);

interface ConfirmationProps {
  readonly kind: OrderKind;
  readonly draft: Draft;
  readonly amount: number;
  readonly order: Sending;
  readonly onChange: () => void;
}

/** The whole order once more, in large letters, before it is one. */
export function Confirmation({ kind, draft, amount, order, onChange }: ConfirmationProps) {
  const t = useText(orderText);
  const w = useText(words);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const payees = useQuery(payeesQuery);
  const payee = payees.data?.items.find(({ id, type, active }) =>
    draft.payee === '' ? type === draft.rail && active : id === draft.payee,
  );
  const preview = useQuery(
    previewQuery({
      type: draft.rail,
      amount,
      kind,
      ...(draft.payee === '' ? {} : { payee: draft.payee }),
    }),
  );
  const labelOf = usePayeeLabel();
  const fee = preview.data?.feeDecimal;
  const isTopUp = kind === 'top-up';
  return (
    <div className="flex max-w-xl flex-col gap-4">
      <h3 ref={heading} tabIndex={-1} className="text-sm font-medium outline-none">
        {t.confirmTitle}
      </h3>
      <p className="figure text-xl font-semibold" data-testid="confirm-order">
        {isTopUp
          ? t.confirmTopUp(kes(amount))
          : t.confirmLead(kes(amount), payee?.number ?? railNames[draft.rail])}
      </p>
      <Facts
        facts={[
          { name: t.from, value: <RailMark rail={draft.rail} /> },
          ...(isTopUp || payee === undefined ? [] : [{ name: t.to, value: labelOf(payee) }]),
          ...(isTopUp
            ? []
            : [
                {
                  name: t.fee,
                  value: fee === undefined ? '…' : fee === null ? t.feeUnknown : money(fee),
                },
              ]),
          {
            name: t.after,
            value: preview.data === undefined ? '…' : money(preview.data.books.afterDecimal),
          },
          { name: w.reason, value: draft.reason.trim() === '' ? '–' : draft.reason.trim() },
        ]}
      />
      {preview.data !== undefined && !order.isPending && <Objections preview={preview.data} />}
      <SendButtons
        order={order}
        label={isTopUp ? t.moveNow(kes(amount)) : t.sendNow(kes(amount))}
        onChange={onChange}
      />
    </div>
  );
}

interface SendButtonsProps {
  readonly order: Sending;
  readonly label: string;
  readonly onChange: () => void;
  readonly because?: string | undefined;
  readonly tone?: 'primary' | 'danger';
}

/** While nobody knows what became of an order, nothing but asking for it is offered. */
export function SendButtons(props: SendButtonsProps) {
  const { order, label, onChange, because, tone = 'primary' } = props;
  const t = useText(orderText);
  const lost = isLost(order.error);
  return (
    <>
      {order.error !== null && !lost && <ProblemNote error={order.error} />}
      {lost && !order.isPending && (
        <div role="alert" className="bg-warn-wash flex flex-col gap-2 rounded-md p-4 text-sm">
          <p className="text-warn font-semibold">{t.lostTitle}</p>
          <p>{t.lost}</p>
        </div>
      )}
      <div className="flex flex-wrap items-start gap-3">
        <Button
          tone={tone}
          size="large"
          busy={order.isPending}
          because={because}
          onClick={order.send}
        >
          {lost ? t.lostRetry : label}
        </Button>
        {lost ? (
          <Link
            to="/transfers"
            search={{}}
            className="text-accent inline-flex min-h-14 items-center px-2 text-sm underline underline-offset-4"
          >
            {t.toList}
          </Link>
        ) : (
          <Button size="large" disabled={order.isPending} onClick={onChange}>
            {t.change}
          </Button>
        )}
      </div>
      <p className="text-soft text-xs">{t.onceOnly}</p>
    </>
  );
}
