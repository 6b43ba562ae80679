import type { StreamListView } from '#api/contract';

import { kes } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { streamsText } from './text.ts';

type Stream = StreamListView['items'][number];

const marks = { below: 'fill-warn', within: 'fill-good', above: 'fill-accent' } as const;

/** What is expected by now as a band, and a mark where today is. */
export function BandPicture({ stream }: { readonly stream: Stream }) {
  const t = useText(streamsText);
  const { today, expected, state } = stream;
  // The band keeps to the middle, however far out today lies.
  const end = Math.max(expected.high * 1.25, today.amount * 1.05, 1);
  const at = (amount: number): number => Math.min(100, Math.max(0, (amount / end) * 100));
  return (
    <svg
      role="img"
      aria-label={t.bandLabel(kes(today.amount), kes(expected.low), kes(expected.high))}
      width="100%"
      height="22"
      className="block overflow-visible"
    >
      <rect y="12" width="100%" height="6" rx="3" className="fill-sunk" />
      <rect
        x={`${at(expected.low)}%`}
        y="12"
        width={`${at(expected.high) - at(expected.low)}%`}
        height="6"
        rx="3"
        className="fill-line-strong opacity-60"
      />
      <svg x={`${at(today.amount)}%`} y="0" overflow="visible">
        <path d="M-6 0H6L0 9Z" className={marks[state]} />
        <rect x="-1" y="8" width="2" height="13" className={marks[state]} />
      </svg>
    </svg>
  );
}

const width = 112;
const height = 32;

/** Four weeks as small bars; the last one is today. */
export function DaysPicture({
  days,
  label,
}: {
  readonly days: readonly number[];
  readonly label: string;
}) {
  const top = Math.max(...days, 1);
  const step = width / Math.max(days.length, 1);
  return (
    <svg
      role="img"
      aria-label={label}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className="min-w-0"
    >
      {days.map((amount, n) => {
        const tall = Math.max(amount > 0 ? 2 : 1, (Math.max(0, amount) / top) * height);
        return (
          <rect
            // The days stand in their order, and only that tells them apart.
            key={n}
            x={n * step}
            y={height - tall}
            width={step - 1}
            height={tall}
            className={n === days.length - 1 ? 'fill-accent' : 'fill-line-strong opacity-60'}
          />
        );
      })}
    </svg>
  );
}
