import { queryOptions, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';

import type { StreamListView } from '#api/contract';

import { ask } from '../../api/client.ts';
import { kes, timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Page } from '../../ui/card.tsx';
import { Copy } from '../../ui/copy.tsx';
import { Select } from '../../ui/field.tsx';
import { bandTone } from '../today/stream-list.tsx';
import { BandPicture, DaysPicture } from './pictures.tsx';
import { streamsText } from './text.ts';

type Stream = StreamListView['items'][number];

/** New payments change it, as they change history. */
const streamsQuery = queryOptions({
  queryKey: ['history', 'streams'],
  queryFn: ({ signal }) => ask<StreamListView>('/revenue/streams', { signal }),
});

/** What is sold, and which of it is not doing as it should. */
export function Streams() {
  const t = useText(streamsText);
  const w = useText(words);
  const f = useFormats();
  const { sort } = useSearch({ from: '/streams' });
  const navigate = useNavigate({ from: '/streams' });
  const query = useQuery(streamsQuery);
  return (
    <Page
      title={w.streams}
      lead={t.lead}
      beside={
        <Select
          quiet
          label={t.sort}
          value={sort ?? 'concern'}
          onChoose={(value) =>
            void navigate({ search: value === 'name' ? { sort: value } : {}, replace: true })
          }
          choices={[
            { value: 'concern', label: t.sorts.concern },
            { value: 'name', label: t.sorts.name },
          ]}
        />
      }
    >
      <Answer query={query} lines={12}>
        {(data) => (
          <>
            <p className="text-soft max-w-3xl text-sm">
              {t.cycle(
                data.cycle.hours,
                t.overOf(data.cycle.over, 24 / data.cycle.hours),
                f.minute(timeOf(data.cycle.endsAt)),
              )}
            </p>
            <ul aria-label={t.table} className="grid grid-cols-1 gap-4 md:grid-cols-2">
              {sorted(data.items, sort ?? 'concern').map((stream) => (
                <li key={stream.id} className="min-w-0">
                  <OneStream stream={stream} payTo={data.payTo[stream.rail]} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Answer>
    </Page>
  );
}

const concernOf = ({ state }: Stream): number => ({ below: 0, above: 1, within: 2 })[state];

/** How much of what was expected is missing: the emptiest of the low ones comes first. */
const shareOf = ({ today, expected }: Stream): number =>
  expected.low === 0 ? 1 : today.amount / expected.low;

function sorted(items: readonly Stream[], by: 'concern' | 'name'): readonly Stream[] {
  if (by === 'name') return items.toSorted((one, other) => one.name.localeCompare(other.name));
  return items.toSorted((one, other) =>
    concernOf(one) === concernOf(other)
      ? shareOf(one) - shareOf(other)
      : concernOf(one) - concernOf(other),
  );
}

interface OneStreamProps {
  readonly stream: Stream;
  readonly payTo: StreamListView['payTo']['mpesa'];
}

function OneStream({ stream, payTo }: OneStreamProps) {
  const t = useText(streamsText);
  const f = useFormats();
  const { today, expected, band, state, week, month } = stream;
  return (
    <article
      aria-label={stream.name}
      className="bg-card border-line flex h-full flex-col gap-3 rounded-lg border p-4"
    >
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h2 className="flex min-w-0 items-center gap-2 text-base font-semibold">
          <RailMark rail={stream.rail} bare />
          {stream.name}
        </h2>
        <Badge tone={bandTone[state]}>{t.states[state]}</Badge>
      </div>
      <p className="figure flex flex-wrap items-baseline gap-x-2">
        <span className="text-lg font-semibold">{kes(today.amount)}</span>
        <span className="text-soft text-sm">
          {t.payments(today.payments, f.count(today.payments))}
        </span>
      </p>
      <BandPicture stream={stream} />
      <p className="text-soft figure text-xs">
        {whyOf(stream, t)} {t.band(kes(expected.low), kes(expected.high))};{' '}
        {t.perCycle(kes(band.low), kes(band.high))}.
      </p>
      <div className="border-line flex items-end justify-between gap-4 border-t pt-3">
        <dl className="figure flex gap-4 text-sm whitespace-nowrap">
          {[
            { name: t.week, takings: week },
            { name: t.month, takings: month },
          ].map(({ name, takings }) => (
            <div key={name}>
              <dt className="text-soft text-xs">{name}</dt>
              <dd className="font-medium">{kes(takings.amount)}</dd>
            </div>
          ))}
        </dl>
        <DaysPicture days={stream.days} label={t.daysLabel(stream.name)} />
      </div>
      <p className="text-soft text-xs">
        {t.reference}{' '}
        {payTo?.kind === 'till' ? (
          t.till(payTo.number)
        ) : (
          <>
            {payTo !== null && `${t.paybill(payTo.number)} `}
            <Copy text={stream.reference} />
            {payTo === null && ` ${t.noPayTo}`}
          </>
        )}
      </p>
    </article>
  );
}

function whyOf({ state, today, expected }: Stream, t: (typeof streamsText)['en']): string {
  const far = state === 'below' ? expected.low - today.amount : today.amount - expected.high;
  return t.stateWhy[state](kes(Math.max(0, far)));
}
