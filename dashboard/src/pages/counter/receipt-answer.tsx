import { queryOptions, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';

import type { PaymentView } from '#api/contract';
import { railNames } from '#kernel';

import { ask } from '../../api/client.ts';
import type { ReceiptStandingView } from '../../api/shapes.ts';
import { useNow } from '../../clock.ts';
import { useEvents, useLine } from '../../live/live.tsx';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Waiting } from '../../ui/answer.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Tone } from '../../ui/tone.ts';
import { BigAnswer } from './big-answer.tsx';
import { firstShownAt, noteShown } from './shown.ts';
import type { Shape } from './sign.tsx';
import { counterText } from './text.ts';
import { verdictOf, type Verdict, type VerdictKind } from './verdict.ts';

const receiptQuery = (receipt: string) =>
  queryOptions({
    queryKey: ['counter', 'receipt', receipt],
    queryFn: ({ signal }) =>
      ask<ReceiptStandingView>(`/counter/receipts/${encodeURIComponent(receipt)}`, { signal }),
    staleTime: 0,
  });

const looks: Readonly<Record<VerdictKind, { readonly shape: Shape; readonly tone: Tone }>> = {
  paid: { shape: 'tick', tone: 'good' },
  old: { shape: 'warn', tone: 'warn' },
  again: { shape: 'warn', tone: 'bad' },
  waiting: { shape: 'clock', tone: 'plain' },
  checking: { shape: 'clock', tone: 'warn' },
  refuted: { shape: 'cross', tone: 'bad' },
  otherTill: { shape: 'cross', tone: 'bad' },
  goingBack: { shape: 'back', tone: 'bad' },
  goneBack: { shape: 'back', tone: 'bad' },
};

/** Whether one receipt is money that is here; goes on looking until it is. */
export function ReceiptAnswer({ receipt }: { readonly receipt: string }) {
  const t = useText(counterText);
  const line = useLine();
  const now = useNow();
  // Known from before this showing, whatever is noted of it now.
  const [shownAt] = useState(() => firstShownAt(receipt));
  const query = useQuery(receiptQuery(receipt));
  // At once, and not with the lists a second later.
  useEvents((events) => {
    if (events.some(({ topic }) => /^(?:payment|exception)\./.test(topic))) void query.refetch();
  });
  const verdict = query.data === undefined ? undefined : verdictOf(query.data, { now, shownAt });
  const paid = verdict?.kind === 'paid' ? verdict.payment?.receipt : undefined;
  useEffect(() => {
    if (paid !== undefined) noteShown(paid);
  }, [paid]);

  if (query.error !== null) {
    return <ProblemNote error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (query.data === undefined || verdict === undefined) return <Waiting lines={4} />;
  if (line.state === 'stale' && verdict.kind === 'waiting') {
    return (
      <BigAnswer shape="warn" tone="warn" word={t.verdict.notLive} verdict="not-live">
        <p className="text-lg">{t.why.notLive}</p>
      </BigAnswer>
    );
  }
  return (
    <BigAnswer {...looks[verdict.kind]} word={t.verdict[verdict.kind]} verdict={verdict.kind}>
      {verdict.payment !== undefined && <PaymentFacts payment={verdict.payment} />}
      <Why answer={query.data} verdict={verdict} shownAt={shownAt} />
    </BigAnswer>
  );
}

export function PaymentFacts({ payment }: { readonly payment: PaymentView }) {
  const t = useText(counterText);
  const f = useFormats();
  const now = useNow();
  const at = timeOf(payment.occurredAt);
  return (
    <>
      <p className="figure text-xl font-semibold">{money(payment.amountDecimal)}</p>
      <p className="text-lg">
        <span className="inline-block">{payment.payerName}</span>{' '}
        <span className="inline-block">{payment.payer}</span>
      </p>
      <p className="text-lg">
        {railNames[payment.rail]} · <span className="font-mono">{payment.receipt}</span>
      </p>
      <p className="figure text-lg">
        {f.clock(at)} · {f.ago(Math.min(at, now), now)}
      </p>
      <p>
        <Link
          to="/payments/$id"
          params={{ id: payment.id }}
          className="text-accent inline-flex min-h-11 items-center text-sm underline underline-offset-4"
        >
          {t.open}
        </Link>
      </p>
    </>
  );
}

interface WhyProps {
  readonly answer: ReceiptStandingView;
  readonly verdict: Verdict;
  readonly shownAt: number | undefined;
}

function Why({ answer, verdict, shownAt }: WhyProps) {
  const t = useText(counterText);
  const f = useFormats();
  const { payment, note } = verdict;
  const lines: string[] = [];
  switch (verdict.kind) {
    case 'paid':
      break;
    case 'old':
      lines.push(t.why.old(f.moment(timeOf(payment?.occurredAt ?? ''))));
      break;
    case 'again':
      lines.push(t.why.again(shownAt === undefined ? '' : f.moment(shownAt)));
      break;
    case 'waiting':
      lines.push(t.why.waiting, t.why.waitingHelp);
      break;
    case 'otherTill':
      lines.push(t.why.otherTill(answer.otherTill?.shortCode ?? t.why.anotherTill));
      break;
    case 'checking':
    case 'refuted':
    case 'goingBack':
    case 'goneBack':
      lines.push(t.why[verdict.kind]);
      break;
    default:
      verdict.kind satisfies never;
  }
  if (note !== undefined) lines.push(t.why[note]);
  return lines.map((line) => (
    <p key={line} className="max-w-xl text-base">
      {line}
    </p>
  ));
}
