import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { railNames } from '#kernel';
import type { WeatherView } from '#api/contract';

import { ask, queryOf } from '../../api/client.ts';
import { useOrder } from '../../api/order.ts';
import { useFormats } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { words } from '../../text/words.ts';
import { Answer } from '../../ui/answer.tsx';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.ts';
import type { Tone } from '../../ui/tone.ts';
import { todayText } from '../today/text.ts';
import { systemText } from './text.ts';
import { WeatherHours } from './weather-hours.tsx';

export type RailNow = WeatherView['rails'][number];

const weatherQuery = queryOptions({
  queryKey: ['weather', 'day'],
  queryFn: ({ signal }) => ask<WeatherView>(`/weather${queryOf({ hours: 24 })}`, { signal }),
  refetchInterval: 60_000,
});

const toneOf: Readonly<Record<RailNow['sky'], Tone>> = {
  fair: 'good',
  changeable: 'warn',
  stormy: 'bad',
  closed: 'bad',
  unknown: 'plain',
};

export function RailWeather() {
  const t = useText(systemText);
  const weather = useQuery(weatherQuery);
  return (
    <Card title={t.weather} flush>
      <div className="px-4 pb-4">
        <Answer query={weather} lines={4}>
          {({ rails, hours }) => (
            <ul className="divide-line divide-y">
              {rails.map((rail) => (
                <li key={rail.rail} className="py-3">
                  <OneRail rail={rail} hours={hours.filter((one) => one.rail === rail.rail)} />
                </li>
              ))}
            </ul>
          )}
        </Answer>
      </div>
    </Card>
  );
}

interface OneRailProps {
  readonly rail: RailNow;
  readonly hours: WeatherView['hours'];
}

function OneRail({ rail, hours }: OneRailProps) {
  const t = useText(systemText);
  const today = useText(todayText);
  const f = useFormats();
  const { calls, unheard } = rail.lastHour;
  return (
    <div className="flex flex-col gap-2 text-sm">
      <div className="flex items-center justify-between gap-2">
        <RailMark rail={rail.rail} />
        <Badge tone={toneOf[rail.sky]}>{today.sky[rail.sky]}</Badge>
      </div>
      <p>{today.skyWhy[rail.sky]}</p>
      {/* One odd answer among many good ones is nothing to act on. */}
      {rail.sky !== 'fair' && rail.meaning !== null && (
        <p>
          {rail.meaning} {rail.advice}
        </p>
      )}
      {calls > 0 && (
        <p className="text-soft figure text-xs">{t.lastHour(f.count(calls), f.count(unheard))}</p>
      )}
      {rail.heldBack.length > 0 && <HeldBack rail={rail} />}
      <WeatherHours rail={rail.rail} hours={hours} />
    </div>
  );
}

function HeldBack({ rail }: { readonly rail: RailNow }) {
  const t = useText(systemText);
  const [isAsking, setAsking] = useState(false);
  return (
    <div className="bg-warn-wash flex flex-col gap-2 rounded-md p-3">
      <p className="text-warn font-semibold">{t.heldBack}</p>
      <ul className="flex flex-col gap-2">
        {rail.heldBack.map((breaker) => (
          <li key={breaker.lane}>
            {t.lanes[breaker.lane]}: {t.causes[breaker.cause]} ({breaker.code}),{' '}
            <Ago at={breaker.openedAt} />. {breaker.until === null ? t.untilPerson : `${t.until}.`}
          </li>
        ))}
      </ul>
      <div>
        <Button onClick={() => setAsking(true)}>{t.letGo}</Button>
      </div>
      {isAsking && <LetGo rail={rail} onClose={() => setAsking(false)} />}
    </div>
  );
}

const reasonLengthMax = 200;

function LetGo({ rail, onClose }: { readonly rail: RailNow; readonly onClose: () => void }) {
  const t = useText(systemText);
  const w = useText(words);
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const order = useOrder<{ readonly closed: number }>({
    path: '/weather/close-breaker',
    onDone: ({ closed }) => {
      say(t.letGoDone(closed));
      void client.invalidateQueries({ queryKey: ['weather'] });
      onClose();
    },
  });
  const body = { rail: rail.rail, reason: reason.trim() };
  return (
    <Dialog open onClose={onClose} title={t.letGoTitle(railNames[rail.rail])} lead={t.letGoLead}>
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          order.mutate(body);
        }}
      >
        <Field
          label={t.why}
          input={{
            value: reason,
            required: true,
            maxLength: reasonLengthMax,
            onChange: (event) => setReason(event.target.value),
          }}
        />
        {order.error !== null && <ProblemNote error={order.error} />}
        <div className="flex flex-wrap justify-end gap-3">
          <Button onClick={onClose}>{w.cancel}</Button>
          <Button type="submit" tone="primary" busy={order.isPending} disabled={body.reason === ''}>
            {t.letGo}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
