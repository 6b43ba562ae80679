import 'uplot/dist/uPlot.min.css';

import { useEffect, useRef } from 'react';
import UPlot from 'uplot';

import type { HistoryView } from '#api/contract';

import { kes, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { ink, keepDrawn, short } from '../../ui/chart.ts';
import { todayText } from './text.ts';

const height = 200;
const hours = Array.from({ length: 24 }, (_, hour) => hour);

function draw(place: HTMLElement, history: HistoryView, names: readonly [string, string]): UPlot {
  const axis = {
    stroke: ink('soft'),
    grid: { stroke: ink('line'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const bars = UPlot.paths.bars?.({ size: [0.7, 28], radius: 0.2 });
  return new UPlot(
    {
      width: place.clientWidth,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: false, range: [-0.6, 23.6] },
        // From nothing up, or down where more went back than came.
        y: { range: (_, least, most) => [Math.min(0, least ?? 0), Math.max(1, most ?? 0) * 1.1] },
      },
      axes: [
        {
          ...axis,
          size: 28,
          incrs: [1, 2, 3, 4, 6],
          grid: { show: false },
          values: (_, marks) => marks.map((hour) => `${hour}h`),
        },
        { ...axis, size: 56, values: (_, marks) => marks.map((mark) => short(mark)) },
      ],
      series: [
        {},
        {
          label: names[1],
          stroke: ink('line-strong'),
          width: 1.5,
          dash: [4, 4],
          points: { show: false },
        },
        {
          label: names[0],
          fill: ink('accent'),
          stroke: ink('accent'),
          ...(bars === undefined ? {} : { paths: bars }),
          points: { show: false },
        },
      ],
    },
    [
      hours,
      history.compared.known ? [...history.compared.hours] : hours.map(() => null),
      history.hours.map(({ mpesa, airtel }) => (mpesa + airtel === 0 ? null : mpesa + airtel)),
    ],
    place,
  );
}

/** Bars of today, a dashed line of the same weekday, and all of it as a table. */
export function HourChart({ history }: { readonly history: HistoryView }) {
  const t = useText(todayText);
  const f = useFormats();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    return keepDrawn(element, () => draw(element, history, [t.hours, t.lastWeek]));
  }, [history, t]);
  const rows = history.hours.flatMap(({ mpesa, airtel }, hour) => {
    const before = history.compared.hours[hour] ?? 0;
    return mpesa === 0 && airtel === 0 && before === 0 ? [] : [{ hour, mpesa, airtel, before }];
  });
  return (
    <div className="flex flex-col gap-2">
      <div ref={place} role="img" aria-label={t.hoursLabel} className="w-full" />
      <p className="text-soft flex flex-wrap gap-x-4 text-xs">
        <span>
          <span aria-hidden className="text-accent">
            ■
          </span>{' '}
          {f.day(history.date)}
        </span>
        {history.compared.known && (
          <span>
            <span aria-hidden>┄</span> {f.weekday(history.compared.date)},{' '}
            {f.day(history.compared.date)}
          </span>
        )}
      </p>
      <details className="text-sm">
        <summary className="text-accent inline-flex min-h-9 items-center">{t.table}</summary>
        <table className="mt-2 w-full text-left text-sm">
          <thead className="text-soft">
            <tr>
              <th scope="col" className="font-medium">
                {t.hour}
              </th>
              <th scope="col" className="text-right font-medium">
                M-Pesa
              </th>
              <th scope="col" className="text-right font-medium">
                Airtel
              </th>
              <th scope="col" className="text-right font-medium">
                {t.lastWeek}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ hour, mpesa, airtel, before }) => (
              <tr key={hour} className="border-line border-t">
                <th scope="row" className="py-1 font-normal">{`${hour}:00`}</th>
                <td className="text-right">{kes(mpesa)}</td>
                <td className="text-right">{kes(airtel)}</td>
                <td className="text-right">{history.compared.known ? kes(before) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </div>
  );
}
