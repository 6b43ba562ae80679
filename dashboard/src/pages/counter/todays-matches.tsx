import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { businessDateOf } from '#kernel';
import type { PaymentView } from '#api/contract';

import { ask, queryOf, type Query } from '../../api/client.ts';
import type { PaymentPage } from '../../api/shapes.ts';
import { useNow } from '../../clock.ts';
import { useEvents, useLine } from '../../live/live.tsx';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import type { Recognised } from '../../text/recognise.ts';
import { Waiting } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { stateTone } from '../payments/payment-list.tsx';
import { stateText } from '../payments/text.ts';
import { BigAnswer } from './big-answer.tsx';
import { counterText } from './text.ts';

const matchesMax = 10;
type Asked = Extract<Recognised, { kind: 'phone' | 'amount' }>;

const searchOf = (asked: Asked) =>
  asked.kind === 'phone'
    ? { phone: asked.phone }
    : { amountFrom: asked.decimal, amountTo: asked.decimal };

/** As many of the newest of a day as one page holds: a cashier asks about minutes. */
const lookedThroughMax = 200;

/** `2547 ***** 294`, as M-Pesa shows who paid by hand: nobody can look for the whole number. */
const mayBe = (payer: string | null, phone: string): boolean => {
  const [head = '', tail = ''] = payer?.split(/[*\s]+/) ?? [];
  const whole = `254${phone.slice(1)}`;
  return (
    payer?.includes('*') === true && tail !== '' && whole.startsWith(head) && whole.endsWith(tail)
  );
};

interface Matches {
  /** Of whose payer the whole number is known, and then the others. */
  readonly items: readonly PaymentView[];
  /** Those of which only a part of the number is known. */
  readonly partly: ReadonlySet<string>;
  readonly hasMore: boolean;
}

async function findMatches(asked: Asked, today: string, signal: AbortSignal): Promise<Matches> {
  const pageOf = (query: Query): Promise<PaymentPage> =>
    ask<PaymentPage>(`/revenue/transactions${queryOf({ ...query, from: today, to: today })}`, {
      signal,
    });
  const exact = await pageOf({ ...searchOf(asked), limit: matchesMax });
  const newest =
    asked.kind === 'phone'
      ? (await pageOf({ rail: 'mpesa', limit: lookedThroughMax })).items.filter(({ payer }) =>
          mayBe(payer, asked.phone),
        )
      : [];
  return {
    items: [...exact.items, ...newest].slice(0, matchesMax),
    partly: new Set(newest.map(({ id }) => id)),
    hasMore: exact.nextCursor !== null,
  };
}

const matchesQuery = (asked: Asked, today: string) =>
  queryOptions({
    queryKey: ['counter', 'matches', searchOf(asked), today],
    queryFn: ({ signal }) => findMatches(asked, today, signal),
    staleTime: 0,
  });

interface MatchesProps {
  readonly asked: Asked;
  /** The cashier points at the one that the customer means. */
  readonly onPick: (receipt: string) => void;
}

/** By phone and by amount there may be several: each with its time, to be told apart. */
export function TodaysMatches({ asked, onPick }: MatchesProps) {
  const t = useText(counterText);
  const s = useText(stateText);
  const f = useFormats();
  const now = useNow();
  const line = useLine();
  const query = useQuery(matchesQuery(asked, businessDateOf(now)));
  useEvents((events) => {
    if (events.some(({ topic }) => topic.startsWith('payment.'))) void query.refetch();
  });
  if (query.error !== null) {
    return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined) return <Waiting lines={4} />;
  const { items, partly, hasMore } = query.data;
  if (items.length === 0) {
    const isStale = line.state === 'stale';
    return (
      <BigAnswer
        shape={isStale ? 'warn' : 'clock'}
        tone={isStale ? 'warn' : 'plain'}
        word={isStale ? t.verdict.notLive : t.verdict.waiting}
        verdict={isStale ? 'not-live' : 'waiting'}
      >
        <p className="text-lg">{isStale ? t.why.notLive : t.noneToday}</p>
        <p>
          <Link
            to="/payments"
            search={searchOf(asked)}
            className="text-accent inline-flex min-h-11 items-center text-base underline underline-offset-4"
          >
            {t.older}
          </Link>
        </p>
      </BigAnswer>
    );
  }
  return (
    <section role="status" aria-live="polite" className="bg-card border-line rounded-lg border">
      <h2 className="text-soft px-4 pt-4 text-sm">{t.todays}</h2>
      <ol className="divide-line divide-y" data-testid="matches">
        {items.map((payment) => (
          <li key={payment.id} className="come-in">
            <button
              type="button"
              onClick={() => onPick(payment.receipt)}
              className="hover:bg-sunk flex min-h-20 w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-left"
            >
              <RailMark rail={payment.rail} bare />
              <span className="figure text-xl font-semibold">{money(payment.amountDecimal)}</span>
              <span className="min-w-0 grow">
                <span className="block truncate text-base">
                  {payment.payerName ?? payment.payer ?? payment.receipt}
                </span>
                <span className="text-soft block font-mono text-sm">{payment.receipt}</span>
              </span>
              <span className="flex flex-col items-end gap-1">
                <span className="figure text-lg">{f.clock(timeOf(payment.occurredAt))}</span>
                <span className="text-soft text-sm">
                  {f.ago(Math.min(timeOf(payment.occurredAt), now), now)}
                </span>
                {partly.has(payment.id) && <Badge tone="warn">{t.partly}</Badge>}
                {payment.state !== 'earned' && (
                  <Badge tone={stateTone[payment.state]}>{s[payment.state]}</Badge>
                )}
              </span>
            </button>
          </li>
        ))}
      </ol>
      {partly.size > 0 && <p className="text-soft px-4 py-3 text-sm">{t.partlyWhy}</p>}
      {hasMore && <p className="text-soft px-4 pb-4 text-sm">{t.moreThan}</p>}
    </section>
  );
}
