import { railNames, type EpochMs, type RailId } from '#kernel';
import type { WeatherView } from '#api/contract';

import { useNow } from '../../clock.ts';
import { timeOf, useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { classes } from '../../ui/classes.ts';
import { systemText } from './text.ts';

const hourMs = 3_600_000;
const hoursShown = 24;

interface Hour {
  readonly hour: string;
  readonly calls: number;
  readonly unheard: number;
  readonly p95Ms: number;
}

/** What all kinds of calls of an hour came to together, oldest first. */
function hoursOf(hours: WeatherView['hours']): readonly Hour[] {
  const all = Map.groupBy(hours, ({ hour }) => hour);
  return [...all]
    .map(([hour, kinds]) => ({
      hour,
      calls: kinds.reduce((sum, { calls }) => sum + calls, 0),
      unheard: kinds.reduce((sum, { unheard }) => sum + unheard, 0),
      p95Ms: Math.max(0, ...kinds.map(({ p95Ms }) => p95Ms ?? 0)),
    }))
    .toSorted((one, other) => one.hour.localeCompare(other.hour));
}

interface WeatherHoursProps {
  readonly rail: RailId;
  readonly hours: WeatherView['hours'];
}

/** A day at a glance, and the figures behind it for whoever wants them. */
export function WeatherHours({ rail, hours }: WeatherHoursProps) {
  const until = Math.floor(useNow() / hourMs) * hourMs;
  const t = useText(systemText);
  const all = hoursOf(hours);
  if (all.length === 0) return <p className="text-soft text-xs">{t.noCalls}</p>;
  return (
    <div className="flex flex-col gap-1">
      <Bars hours={all} until={until} />
      <details>
        <summary className="text-accent inline-flex min-h-11 items-center underline underline-offset-4">
          {t.hours}
        </summary>
        <HourTable rail={rail} hours={all} />
      </details>
    </div>
  );
}

interface BarsProps {
  readonly hours: readonly Hour[];
  /** The start of the hour under way. */
  readonly until: EpochMs;
}

/** The height is how many calls there were; what went unanswered stands at the foot. */
function Bars({ hours, until }: BarsProps) {
  const most = Math.max(...hours.map(({ calls }) => calls), 1);
  const known = new Map(hours.map((one) => [timeOf(one.hour), one]));
  const slots = Array.from({ length: hoursShown }, (_, n) => until - (hoursShown - 1 - n) * hourMs);
  return (
    <div aria-hidden className="border-line flex h-10 items-end gap-0.5 border-b">
      {slots.map((slot) => {
        const { calls, unheard } = known.get(slot) ?? { calls: 0, unheard: 0 };
        const height = calls === 0 ? 4 : Math.max(10, (calls / most) * 100);
        return (
          <span
            key={slot}
            className={classes(
              'flex min-w-1 grow flex-col justify-end overflow-hidden rounded-t-sm',
              calls === 0 ? 'bg-line' : 'bg-accent/45',
            )}
            style={{ height: `${height}%` }}
          >
            <span
              className="bg-bad"
              style={{ height: `${(unheard / Math.max(calls, 1)) * 100}%` }}
            />
          </span>
        );
      })}
    </div>
  );
}

function HourTable({ rail, hours }: { readonly rail: RailId; readonly hours: readonly Hour[] }) {
  const t = useText(systemText);
  const f = useFormats();
  return (
    <div
      className="max-h-72 overflow-auto"
      tabIndex={0}
      role="region"
      aria-label={t.hoursLabel(railNames[rail])}
    >
      <table className="w-full text-right text-xs">
        <caption className="sr-only">{t.hoursLabel(railNames[rail])}</caption>
        <thead className="text-soft">
          <tr>
            <th scope="col" className="py-1 text-left font-medium">
              {t.hour}
            </th>
            <th scope="col" className="font-medium">
              {t.calls}
            </th>
            <th scope="col" className="font-medium">
              {t.unheard}
            </th>
            <th scope="col" className="font-medium">
              {t.slow}
            </th>
          </tr>
        </thead>
        <tbody>
          {hours.toReversed().map(({ hour, calls, unheard, p95Ms }) => (
            <tr key={hour} className="border-line border-t">
              <th scope="row" className="py-1.5 text-left font-normal">
                {f.minute(timeOf(hour))}
              </th>
              <td>{f.count(calls)}</td>
              <td>{f.count(unheard)}</td>
              <td>{f.count(p95Ms)} ms</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
