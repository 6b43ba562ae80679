import { queryOptions, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { ask } from '../../api/client.ts';
import type { PaymentTraceView } from '../../api/shapes.ts';
import { useStreamName } from '../../api/streams.ts';
import { useActorName } from '../../text/actors.ts';
import { useEvidenceName } from '../../text/evidence-text.ts';
import { money, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Books } from '../../trace/books.tsx';
import { Proof } from '../../trace/proof.tsx';
import { Way } from '../../trace/way.tsx';
import { Answer } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card, Facts, Page } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { When } from '../../ui/time.tsx';
import { useFixWords } from '../exceptions/fix-words.ts';
import { stateTone } from './payment-list.tsx';
import { stateText } from './text.ts';
import { timelineOf } from './timeline.ts';
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
      back={<Link to="/payments">{t.back}</Link>}
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
            <Way steps={timelineOf(trace, { t, nameOfFix, nameOfActor, nameOfEvidence })} />
          </Card>
          <Books entries={trace.entries} />
        </div>
        <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
          <Details trace={trace} />
          <ChargeCard trace={trace} />
          <Exceptions trace={trace} />
          <Proof evidence={trace.evidence} />
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
