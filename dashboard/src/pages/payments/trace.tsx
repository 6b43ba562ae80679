import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { ask } from '../../api/client.ts';
import type { PaymentTraceView } from '../../api/shapes.ts';
import { useActorName } from '../../text/actors.ts';
import { useEvidenceName } from '../../text/evidence-text.ts';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts, Page } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { washOf } from '../../ui/tone.ts';
import { useFixWords } from '../exceptions/fix-words.ts';
import { Books } from './books.tsx';
import { stateTone } from './payment-list.tsx';
import { useStreamName } from './streams.ts';
import { stateText } from './text.ts';
import { timelineOf, type Step } from './timeline.ts';
import { traceText } from './trace-text.ts';

const route = getRouteApi('/payments/$id');

const traceQuery = (id: string) =>
  queryOptions({
    queryKey: ['payments', 'trace', id],
    queryFn: ({ signal }) =>
      ask<PaymentTraceView>(`/revenue/transactions/${encodeURIComponent(id)}`, { signal }),
  });

/** The way of one shilling: from the bill to the books, with what proves each step. */
export function PaymentTrace() {
  const t = useText(traceText);
  const { id } = route.useParams();
  const trace = useQuery(traceQuery(id));
  return (
    <Page
      title={trace.data?.payment.receipt ?? t.title}
      lead={
        <Link to="/payments" className="text-accent underline underline-offset-4 print:hidden">
          ← {t.back}
        </Link>
      }
      beside={
        <span className="print:hidden">
          <Button onClick={() => print()}>{t.print}</Button>
        </span>
      }
    >
      <Answer query={trace} lines={10}>
        {(data) => <Trace trace={data} />}
      </Answer>
    </Page>
  );
}

function Trace({ trace }: { readonly trace: PaymentTraceView }) {
  const t = useText(traceText);
  const { name: nameOfFix } = useFixWords();
  const nameOfActor = useActorName();
  const nameOfEvidence = useEvidenceName();
  return (
    <>
      <Headline trace={trace} />
      <div className="grid gap-4 md:gap-6 lg:grid-cols-5 print:block">
        <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-3 print:mb-4">
          <Card title={t.way}>
            <Timeline steps={timelineOf(trace, { t, nameOfFix, nameOfActor, nameOfEvidence })} />
          </Card>
          <Card title={t.books} flush>
            <Books entries={trace.entries} />
          </Card>
        </div>
        <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
          <Details trace={trace} />
          <ChargeCard trace={trace} />
          <Exceptions trace={trace} />
          <Proof trace={trace} />
        </div>
      </div>
    </>
  );
}

function Headline({ trace: { payment } }: { readonly trace: PaymentTraceView }) {
  const s = useText(stateText);
  const f = useFormats();
  const streamName = useStreamName();
  const at = timeOf(payment.occurredAt);
  return (
    <Card>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div>
          <p className="figure text-2xl font-semibold tracking-tight">
            {money(payment.amountDecimal)}
          </p>
          <p className="text-soft mt-1 text-sm">
            {f.weekday(at)}, {f.day(at)}, {f.clock(at)}
            {payment.stream !== null && ` · ${streamName(payment.stream)}`}
          </p>
        </div>
        <div className="flex items-center gap-3">
          <RailMark rail={payment.rail} />
          <Badge tone={stateTone[payment.state]}>{s[payment.state]}</Badge>
        </div>
      </div>
    </Card>
  );
}

/** In order of time, each step with what is known of it. */
function Timeline({ steps }: { readonly steps: readonly Step[] }) {
  const t = useText(traceText);
  const f = useFormats();
  return (
    <ol className="flex flex-col">
      {steps.map((step, n) => (
        <li key={step.key} className="relative flex gap-3 pb-4 last:pb-0">
          {n < steps.length - 1 && (
            <span aria-hidden className="bg-line absolute top-6 bottom-0 left-[11px] w-0.5" />
          )}
          <span
            aria-hidden
            className={classes(
              'z-10 mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-full',
              'text-xs font-semibold',
              washOf[step.tone],
            )}
          >
            {n + 1}
          </span>
          <div className="min-w-0 grow">
            <div className="flex flex-wrap items-baseline justify-between gap-x-3">
              <p className="text-sm font-medium">{step.title}</p>
              <time dateTime={step.at} className="text-soft figure text-xs">
                {f.day(timeOf(step.at))}, {f.clock(timeOf(step.at))}
              </time>
            </div>
            {step.detail !== undefined && step.detail !== '' && (
              <p className="text-soft text-sm">
                {step.exceptionId === undefined ? (
                  step.detail
                ) : (
                  <Link
                    to="/exceptions/$id"
                    params={{ id: step.exceptionId }}
                    className="text-accent underline underline-offset-4"
                  >
                    {step.detail}
                  </Link>
                )}
              </p>
            )}
            {step.transferId !== undefined && (
              <Link
                to="/transfers/$id"
                params={{ id: step.transferId }}
                className="text-accent text-sm underline underline-offset-4"
              >
                {t.refundLink}
              </Link>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Details({ trace: { payment, allocations } }: { readonly trace: PaymentTraceView }) {
  const t = useText(traceText);
  const w = useText(words);
  const f = useFormats();
  const streamName = useStreamName();
  const roads: Readonly<Record<string, string>> = t.roads;
  return (
    <Card title={t.details}>
      <Facts
        facts={[
          { name: w.receipt, value: <Copy text={payment.receipt} /> },
          { name: t.names.id, value: <Copy text={payment.id} /> },
          { name: t.names.payer, value: payment.payer ?? '–' },
          { name: t.names.name, value: payment.payerName ?? '–' },
          {
            name: t.names.account,
            value: payment.accountReference === '' ? '–' : <Copy text={payment.accountReference} />,
          },
          { name: t.names.earned, value: money(payment.earnedDecimal) },
          ...allocations.map((one, n) => ({
            name: n === 0 ? t.fixes : ' '.repeat(n),
            value: (
              <span className={one.reversedBy === null ? undefined : 'line-through'}>
                {t.allocated(money(one.amountDecimal), streamName(one.stream))}
                {one.waivedDecimal !== '0.00' && ` (${t.waived(money(one.waivedDecimal))})`}
                {one.reversedBy !== null && ` (${t.takenBack})`}
              </span>
            ),
          })),
          { name: t.names.heard, value: roads[payment.road] ?? payment.road },
          { name: t.names.booked, value: <When at={payment.bookedAt} /> },
          { name: t.names.day, value: f.day(payment.businessDate) },
        ]}
      />
    </Card>
  );
}

function ChargeCard({ trace: { charge } }: { readonly trace: PaymentTraceView }) {
  const t = useText(traceText);
  return (
    <Card title={t.charge}>
      {charge === null ? (
        <p className="text-soft text-sm">{t.noCharge}</p>
      ) : (
        <Facts
          facts={[
            { name: t.names.asked, value: money(charge.amountDecimal) },
            { name: t.names.reference, value: <Copy text={charge.reference} /> },
            ...(charge.description === '' ? [] : [{ name: t.charge, value: charge.description }]),
            { name: 'Id', value: <Copy text={charge.id} /> },
          ]}
        />
      )}
    </Card>
  );
}

function Exceptions({ trace: { exceptions } }: { readonly trace: PaymentTraceView }) {
  const t = useText(traceText);
  if (exceptions.length === 0) return null;
  return (
    <Card title={t.exceptions}>
      <ul className="flex flex-col gap-2">
        {exceptions.map((one) => (
          <li key={one.id} className="flex items-start justify-between gap-3 text-sm">
            <Link
              to="/exceptions/$id"
              params={{ id: one.id }}
              className="text-accent underline underline-offset-4"
            >
              {one.title}
            </Link>
            <Badge tone={one.state === 'open' ? 'warn' : 'plain'}>
              {one.state === 'open' ? t.open : t.dealtWith}
            </Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Proof({ trace: { evidence } }: { readonly trace: PaymentTraceView }) {
  const t = useText(traceText);
  const nameOf = useEvidenceName();
  return (
    <Card title={t.proof}>
      <p className="text-soft text-sm">{t.proofWhy}</p>
      <ul className="divide-line mt-2 flex flex-col divide-y">
        {evidence.map((one, n) => (
          <li key={n} className="flex flex-col items-start gap-1 py-2 text-sm">
            <span className="flex w-full flex-wrap justify-between gap-x-3">
              <span className="font-medium">{nameOf(one)}</span>
              <When at={one.receivedAt ?? one.recordedAt} />
            </span>
            {one.callbackId !== null && <Copy text={one.callbackId} />}
            {one.digest !== null && (
              <span className="text-soft text-xs">
                <Copy text={one.digest} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Card>
  );
}
