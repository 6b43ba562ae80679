import { Link } from '@tanstack/react-router';

import type { Status } from '#api/contract';

import { kes } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { Badge, RailMark } from '../../ui/badge.tsx';
import { Card } from '../../ui/card.tsx';
import type { Tone } from '../../ui/tone.ts';
import { todayText } from './text.ts';

export const bandTone: Readonly<Record<Status['streams'][number]['state'], Tone>> = {
  below: 'warn',
  within: 'good',
  above: 'accent',
};

/** The ten streams: what each has today, beside what its cycles so far should have brought. */
export function StreamList({ status }: { readonly status: Status }) {
  const t = useText(todayText);
  return (
    <Card
      title={t.streams}
      flush
      beside={
        <Link to="/streams" className="text-accent text-sm underline underline-offset-4">
          {t.allStreams}
        </Link>
      }
    >
      <ul className="divide-line divide-y">
        {status.streams.map((stream) => (
          <li key={stream.id} className="flex min-h-12 items-center gap-3 px-4 py-2">
            <RailMark rail={stream.rail} bare />
            <span className="min-w-0 grow text-sm break-words">{stream.name}</span>
            <span className="figure text-sm font-semibold whitespace-nowrap">
              {kes(stream.today)}
            </span>
            <span className="w-16 text-right">
              <Badge tone={bandTone[stream.state]}>{t.bands[stream.state]}</Badge>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
