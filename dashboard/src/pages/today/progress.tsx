import type { Status } from '#api/contract';

import { kes } from '../../text/format.ts';
import { useText } from '../../text/language.ts';
import { classes } from '../../ui/classes.ts';
import { todayText } from './text.ts';

interface ProgressProps {
  readonly status: Status;
  readonly kind: keyof Status['today'];
  readonly label: string;
  readonly tall?: boolean;
}

/**
 * What is in, on the way to the target; a line at the minimum, and a marker where a usual day would
 * be by now. An SVG, because a stricter policy than ours knows no inline styles.
 */
export function Progress({ status, kind, label, tall = false }: ProgressProps) {
  const t = useText(todayText);
  const target = Math.max(status.targets.daily[kind], 1);
  const today = status.today[kind];
  const minimum = status.minimum[kind];
  const { expected } = status.pace[kind];
  const at = (amount: number): number => Math.min(100, Math.max(0, (amount / target) * 100));
  const height = tall ? 14 : 8;
  const said = [
    `${kes(today)} ${t.of(kes(target))}`,
    `${t.minimum} ${kes(minimum)}`,
    `${t.marker}: ${kes(expected)}`,
  ].join('. ');
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={target}
      aria-valuenow={Math.min(Math.max(today, 0), target)}
      aria-valuetext={said}
    >
      <svg aria-hidden width="100%" height={height + 10} className="block overflow-visible">
        <rect y="10" width="100%" height={height} rx={height / 2} className="fill-sunk" />
        <rect
          y="10"
          width={`${at(today)}%`}
          height={height}
          rx={height / 2}
          className={classes(
            'transition-[width] duration-500',
            status.pace[kind].state === 'behind' ? 'fill-warn' : 'fill-good',
          )}
        />
        {minimum > 0 && minimum < target && (
          <line
            x1={`${at(minimum)}%`}
            x2={`${at(minimum)}%`}
            y1="10"
            y2={10 + height}
            className="stroke-ink"
            strokeWidth="2"
            strokeDasharray="2 2"
          />
        )}
        <svg x={`${at(expected)}%`} y="0" overflow="visible">
          <path d="M-6 0H6L0 9Z" className="fill-ink" />
        </svg>
      </svg>
    </div>
  );
}
