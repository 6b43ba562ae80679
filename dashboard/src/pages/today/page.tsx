import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import type { Status } from '#api/contract';

import { historyQuery, statusQuery } from '../../api/queries.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer, Waiting } from '../../ui/answer.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { useHasPainted } from '../../ui/painted.ts';
import { useWide } from '../../ui/wide.ts';
import { EngineCard } from './engine-card.tsx';
import { Feed } from './feed.tsx';
import { Headline } from './headline.tsx';
import { NextTransfers } from './next-transfers.tsx';
import { StreamList } from './stream-list.tsx';
import { todayText } from './text.ts';
import { WeatherCard } from './weather-card.tsx';

/** The figures stay where the line broke before the chart had come. */
const HourChart = lazy(async () => {
  try {
    return { default: (await import('./hour-chart.tsx')).HourChart };
  } catch {
    return { default: NoChart };
  }
});

function NoChart() {
  const t = useText(todayText);
  return <p className="text-soft text-sm">{t.noChart}</p>;
}

/** Is money coming in, am I on pace, is anything wrong? */
export function Today() {
  const w = useText(words);
  const f = useFormats();
  const status = useQuery(statusQuery);
  return (
    <Page
      title={w.today}
      lead={
        status.data === undefined
          ? undefined
          : `${f.weekday(status.data.businessDate)}, ${f.day(status.data.businessDate)}`
      }
    >
      <Answer query={status} lines={8}>
        {(data) => <Day status={data} />}
      </Answer>
    </Page>
  );
}

function Day({ status }: { readonly status: Status }) {
  const t = useText(todayText);
  const history = useQuery(historyQuery());
  const isWide = useWide();
  // The answer of two seconds is drawn first, and what lies below it right after.
  const hasHeadline = useHasPainted();
  // On a phone all of it lies in one column, in the order of what is asked first.
  return (
    <div className="flex flex-col gap-4 md:gap-6 lg:grid lg:grid-cols-3">
      <div className="contents min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2 lg:flex">
        <Headline status={status} history={history.data} />
        {hasHeadline && (
          <>
            {!isWide && <Feed />}
            <Card title={t.hours}>
              <Answer query={history} lines={6}>
                {(data) => (
                  <Suspense fallback={<Waiting lines={6} />}>
                    <HourChart history={data} />
                  </Suspense>
                )}
              </Answer>
            </Card>
            <StreamList status={status} />
          </>
        )}
      </div>
      {hasHeadline && (
        <div className="contents min-w-0 flex-col gap-4 md:gap-6 lg:flex">
          {isWide && <Feed />}
          <WeatherCard status={status} />
          <NextTransfers status={status} />
          <EngineCard status={status} />
        </div>
      )}
    </div>
  );
}
