import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';

import { historyQuery, statusQuery } from '../../api/queries.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer, Empty, Waiting } from '../../ui/answer.tsx';
import { Card, Page } from '../../ui/card.tsx';
import { Editor } from './editor.tsx';
import { Reset } from './reset.tsx';
import { targetsText } from './text.ts';

const DayChart = lazy(async () => ({ default: (await import('./day-chart.tsx')).DayChart }));

/** What a day should bring, how today stands beside it, and how the last days did. */
export function Targets() {
  const t = useText(targetsText);
  const w = useText(words);
  const status = useQuery(statusQuery);
  const history = useQuery(historyQuery());
  return (
    <Page title={w.targets} lead={t.lead}>
      <Answer query={status} lines={10}>
        {(data) => (
          <div className="flex flex-col gap-4 md:gap-6 lg:grid lg:grid-cols-3">
            <div className="flex min-w-0 flex-col gap-4 md:gap-6 lg:col-span-2">
              <Editor status={data} />
              <Card title={t.history}>
                <Answer query={history} lines={6}>
                  {({ days }) =>
                    days.length === 0 ? (
                      <Empty title={t.historyNone}>{t.historyNoneWhy}</Empty>
                    ) : (
                      <Suspense fallback={<Waiting lines={6} />}>
                        <DayChart days={days} status={data} />
                      </Suspense>
                    )
                  }
                </Answer>
              </Card>
            </div>
            <div className="min-w-0">
              <Reset status={data} />
            </div>
          </div>
        )}
      </Answer>
    </Page>
  );
}
