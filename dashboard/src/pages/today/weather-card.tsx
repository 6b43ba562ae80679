import { railIds } from '#kernel';
import type { RailSky, Status } from '#api/contract';

import { useText } from '../../text/language.ts';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import type { Tone } from '../../ui/tone.ts';
import { todayText } from './text.ts';

const skyTone: Readonly<Record<RailSky['sky'], Tone>> = {
  fair: 'good',
  changeable: 'warn',
  stormy: 'bad',
  closed: 'bad',
  unknown: 'plain',
};
/** An operator's password that is about to run out stops all payouts. */
const passwordDaysSoon = 14;

export function WeatherCard({ status }: { readonly status: Status }) {
  const t = useText(todayText);
  return (
    <Card title={t.weather}>
      <ul className="flex flex-col gap-3">
        {railIds.map((rail) => {
          const sky = status.weather[rail];
          if (sky === null) return null;
          return (
            <li key={rail} className="flex flex-col gap-1 text-sm">
              <span className="flex items-center justify-between gap-2">
                <RailMark rail={rail} />
                <Badge tone={skyTone[sky.sky]}>{t.sky[sky.sky]}</Badge>
              </span>
              <span className="text-soft text-xs">{sky.meaning ?? t.skyWhy[sky.sky]}</span>
              {sky.passwordDaysLeft !== null && sky.passwordDaysLeft <= passwordDaysSoon && (
                <span className="text-warn text-xs">{t.password(sky.passwordDaysLeft)}</span>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
