import { classes } from '../../ui/classes.ts';
import type { Tone } from '../../ui/tone.ts';

export type Shape = 'tick' | 'cross' | 'clock' | 'back' | 'warn';

/** Drawn so large and so different that nobody needs the colour, or the word. */
const drawings: Readonly<Record<Shape, string>> = {
  tick: 'M20 51l20 20 40-44',
  cross: 'M26 26l48 48M74 26L26 74',
  clock: 'M50 26v26l17 10',
  back: 'M34 30L20 44l14 14M20 44h38a18 18 0 010 36H44',
  warn: 'M50 26v30M50 72v.5',
};

interface SignProps {
  readonly shape: Shape;
  readonly tone: Tone;
}

const inks: Readonly<Record<Tone, string>> = {
  good: 'text-good',
  warn: 'text-warn',
  bad: 'text-bad',
  accent: 'text-accent',
  plain: 'text-soft',
};

export const Sign = ({ shape, tone }: SignProps) => (
  <svg
    aria-hidden
    viewBox="0 0 100 100"
    data-shape={shape}
    className={classes('size-24 shrink-0 md:size-32', inks[tone])}
    fill="none"
    stroke="currentColor"
    strokeWidth="9"
    strokeLinecap="round"
    strokeLinejoin="round"
  >
    {shape === 'tick' && <circle cx="50" cy="50" r="48" fill="currentColor" stroke="none" />}
    {shape === 'clock' && <circle cx="50" cy="50" r="42" />}
    {shape === 'warn' && <path d="M50 8l44 78H6z" strokeWidth="7" />}
    {(shape === 'cross' || shape === 'back') && (
      <rect x="5" y="5" width="90" height="90" rx="12" strokeWidth="7" />
    )}
    <path
      d={drawings[shape]}
      className={shape === 'tick' ? 'text-card' : undefined}
      stroke="currentColor"
    />
  </svg>
);
