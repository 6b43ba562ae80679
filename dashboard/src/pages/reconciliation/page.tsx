import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';

import {
  businessDateOf,
  dayMs,
  parseBusinessDate,
  railIds,
  railNames,
  startOfBusinessDay,
} from '#kernel';

import { clock } from '../../clock.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Button } from '../../ui/button.tsx';
import { Page } from '../../ui/card.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { Day } from './day.tsx';
import { Import } from './import.tsx';
import { Imports } from './imports.tsx';
import { ProofCard } from './proof-card.tsx';
import { dayQuery } from './queries.ts';
import type { ReconciliationSearch } from './search.ts';
import { reconciliationText } from './text.ts';

const today = (): string => businessDateOf(clock.now());
const yesterday = (): string => businessDateOf(clock.now() - dayMs);

/** The day `by` days later; never one that has not come yet. */
function shifted(date: string, by: number): string {
  const day = parseBusinessDate(date);
  if (!day.ok) return date;
  const then = businessDateOf(startOfBusinessDay(day.value) + dayMs / 2 + by * dayMs);
  return then > today() ? date : then;
}

/** A day as books, provider and statement have it; proof; and statements in. */
export function Reconciliation() {
  const t = useText(reconciliationText);
  const w = useText(words);
  const f = useFormats();
  const search = useSearch({ from: '/reconciliation' });
  const navigate = useNavigate();
  const date = search.date ?? yesterday();
  const day = useQuery(dayQuery(date, search.rail));
  const go = (change: ReconciliationSearch): void =>
    void navigate({
      to: '/reconciliation',
      search: (now: ReconciliationSearch) => ({ ...now, ...change }),
      resetScroll: false,
    });
  return (
    <Page title={w.reconciliation} lead={t.lead}>
      <div className="flex flex-wrap items-end gap-2">
        <Button aria-label={t.before} onClick={() => go({ date: shifted(date, -1) })}>
          ←
        </Button>
        <Field
          label={t.day}
          input={{
            type: 'date',
            value: date,
            max: today(),
            onChange: ({ target }) => {
              if (parseBusinessDate(target.value).ok && target.value <= today()) {
                go({ date: target.value });
              }
            },
          }}
        />
        <Button
          aria-label={t.after}
          disabled={date >= today()}
          onClick={() => go({ date: shifted(date, 1) })}
        >
          →
        </Button>
        <Button onClick={() => go({ date: yesterday() })}>{t.yesterday}</Button>
        <Button onClick={() => go({ date: today() })}>{t.today}</Button>
        <Select
          label={w.rail}
          value={search.rail ?? 'all'}
          choices={[
            { value: 'all', label: t.rails },
            ...railIds.map((rail) => ({ value: rail, label: railNames[rail] })),
          ]}
          onChoose={(rail) =>
            void navigate({
              to: '/reconciliation',
              search: {
                ...(search.date === undefined ? {} : { date: search.date }),
                ...(rail === 'all' ? {} : { rail }),
              },
              resetScroll: false,
            })
          }
        />
      </div>
      <section aria-live="polite" className="flex flex-col gap-4 md:gap-6">
        <h2 className="text-lg font-semibold">
          {f.weekday(date)}, {f.day(date)}
        </h2>
        <Answer query={day} lines={8}>
          {({ days }) => days.map((one) => <Day key={one.rail} day={one} />)}
        </Answer>
      </section>
      <div className="grid grid-cols-1 items-start gap-4 md:gap-6 lg:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-4 md:gap-6">
          <Import />
          <Imports />
        </div>
        <ProofCard />
      </div>
    </Page>
  );
}
