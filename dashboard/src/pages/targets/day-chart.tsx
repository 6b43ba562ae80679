import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef, useState } from 'react';
import UPlot from 'uplot';

import { businessDateOf, dayMs, parseBusinessDate, startOfBusinessDay } from '#kernel';
import type { HistoryView, Status } from '#api/contract';

import { kes, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { ink, keepDrawn, short } from '../../ui/chart.ts';
import { Select } from '../../ui/field.tsx';
import { kindName, kinds, type Kind } from './plan.ts';
import { targetsText } from './text.ts';

type Day = HistoryView['days'][number];

const height = 220;
const daysShown = 28;

/** Every day up to today: one without figures is a day without takings. */
function datesUntil(today: string): readonly string[] {
  const parsed = parseBusinessDate(today);
  if (!parsed.ok) return [];
  const noon = startOfBusinessDay(parsed.value) + dayMs / 2;
  return Array.from({ length: daysShown }, (_, n) =>
    businessDateOf(noon - (daysShown - 1 - n) * dayMs),
  );
}

interface Drawing {
  readonly labels: readonly string[];
  readonly taken: readonly (number | null)[];
  readonly target: number;
  readonly minimum: number;
}

function draw(place: HTMLElement, { labels, taken, target, minimum }: Drawing): UPlot {
  const axis = {
    stroke: ink('soft'),
    grid: { stroke: ink('line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const bars = UPlot.paths.bars?.({ size: [0.7, 28], radius: 0.2 });
  const line = (dash: number[]) => ({
    stroke: ink('soft'),
    width: 1.5,
    dash,
    points: { show: false },
  });
  const top = Math.max(target, ...taken.map((amount) => amount ?? 0)) * 1.08;
  return new UPlot(
    {
      width: place.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.6, daysShown - 0.4] },
        y: { range: [Math.min(0, ...taken.map((amount) => amount ?? 0)), top] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          incrs: [1, 3, 7, 9],
          space: 56,
          grid: { show: false },
          values: (_, marks) => marks.map((mark) => labels[mark] ?? ''),
        },
        { ...axis, size: 56, values: (_, marks) => marks.map(short) },
      ],
      series: [
        {},
        {
          fill: ink('accent'),
          stroke: ink('accent'),
          ...(bars === undefined ? {} : { paths: bars }),
          points: { show: false },
        },
        line([]),
        line([4, 4]),
      ],
    },
    [
      labels.map((_, n) => n),
      [...taken],
      labels.map(() => target),
      labels.map(() => (minimum > 0 ? minimum : null)),
    ],
    place,
  );
}

interface DayChartProps {
  readonly days: readonly Day[];
  readonly status: Status;
}

/** The last four weeks beside the target, as bars and as a table. */
export function DayChart({ days, status }: DayChartProps) {
  const t = useText(targetsText);
  const w = useText(words);
  const f = useFormats();
  const [kind, setKind] = useState<Kind>('combined');
  const place = useRef<HTMLDivElement>(null);
  const target = status.targets.daily[kind];
  const minimum = status.minimum[kind];
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const dates = datesUntil(status.businessDate);
    const byDate = new Map(days.map((day) => [day.date, day[kind]]));
    const drawing: Drawing = {
      // Without the year: it is the same, or told by the table.
      labels: dates.map((date) => f.day(date).replace(/,? \d{4}$/, '')),
      taken: dates.map((date) => byDate.get(date) ?? null),
      target,
      minimum,
    };
    return keepDrawn(element, () => draw(element, drawing));
  }, [days, kind, target, minimum, status.businessDate, f]);
  return (
    <div className="flex flex-col gap-3">
      <div className="max-w-48">
        <Select
          quiet
          label={t.historyOf}
          value={kind}
          onChoose={setKind}
          choices={kinds.map((value) => ({ value, label: kindName(value, w.combined) }))}
        />
      </div>
      <div ref={place} role="img" aria-label={t.historyLabel} className="w-full" />
      <p className="text-soft text-xs">{t.historyNote}</p>
      <DayTable days={days} target={target} kind={kind} />
    </div>
  );
}

function DayTable({
  days,
  target,
  kind,
}: {
  readonly days: readonly Day[];
  readonly target: number;
  readonly kind: Kind;
}) {
  const t = useText(targetsText);
  const w = useText(words);
  const f = useFormats();
  return (
    <details className="text-sm">
      <summary className="text-accent inline-flex min-h-11 items-center">{t.table}</summary>
      <div className="overflow-x-auto">
        <table className="mt-2 w-full text-left text-sm">
          <thead className="text-soft">
            <tr>
              <th scope="col" className="font-medium">
                {t.day}
              </th>
              {kinds.map((one) => (
                <th key={one} scope="col" className="text-right font-medium">
                  {kindName(one, w.combined)}
                </th>
              ))}
              <th scope="col" className="hidden text-right font-medium sm:table-cell">
                {t.payments}
              </th>
              <th scope="col" className="text-right font-medium">
                {t.ofTarget}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.toReversed().map((day) => (
              <tr key={day.date} className="border-line border-t">
                <th scope="row" className="py-1 font-normal">
                  {f.day(day.date)}
                </th>
                {kinds.map((one) => (
                  <td key={one} className="text-right">
                    {kes(day[one])}
                  </td>
                ))}
                <td className="hidden text-right sm:table-cell">{f.count(day.payments)}</td>
                <td className="text-right">{target === 0 ? '–' : f.share(day[kind] / target)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
