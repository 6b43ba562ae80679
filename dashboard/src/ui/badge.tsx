import type { ReactNode } from 'react';

import { railNames, type RailId } from '#kernel';

import { classes } from './classes.ts';
import { washOf, type Tone } from './tone.ts';

/** A state in one or two words. The words say it; the colour only repeats it. */
export const Badge = ({
  tone,
  children,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
}) => (
  <span
    className={classes(
      'inline-flex items-center gap-1 rounded-sm px-2 py-0.5 text-xs font-medium whitespace-nowrap',
      washOf[tone],
    )}
  >
    {children}
  </span>
);

interface RailMarkProps {
  readonly rail: RailId;
  /** The mark alone; its name is said to screen readers. */
  readonly bare?: boolean;
}

/** M-Pesa is a square with an M, Airtel a circle with an A: told apart without any colour. */
export const RailMark = ({ rail, bare = false }: RailMarkProps) => (
  <span className="inline-flex items-center gap-2 whitespace-nowrap">
    <svg aria-hidden viewBox="0 0 20 20" className={classes('size-5 shrink-0', railInk[rail])}>
      {rail === 'mpesa' ? (
        <rect
          x="1"
          y="1"
          width="18"
          height="18"
          rx="4"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.75"
        />
      ) : (
        <circle cx="10" cy="10" r="9" fill="none" stroke="currentColor" strokeWidth="1.75" />
      )}
      <text x="10" y="14.2" textAnchor="middle" fontSize="11" fontWeight="700" fill="currentColor">
        {rail === 'mpesa' ? 'M' : 'A'}
      </text>
    </svg>
    <span className={bare ? 'sr-only' : undefined}>{railNames[rail]}</span>
  </span>
);

const railInk = { mpesa: 'text-mpesa', airtel: 'text-airtel' } as const;
