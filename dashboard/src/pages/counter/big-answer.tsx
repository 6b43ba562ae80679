import type { ReactNode } from 'react';

import { classes } from '../../ui/classes.ts';
import type { Tone } from '../../ui/tone.ts';
import { Sign, type Shape } from './sign.tsx';

interface BigAnswerProps {
  readonly shape: Shape;
  readonly tone: Tone;
  readonly word: string;
  /** Named for tests and programs: what was found, in no language. */
  readonly verdict: string;
  readonly children?: ReactNode;
}

const frames: Readonly<Record<Tone, string>> = {
  good: 'border-good bg-good-wash',
  warn: 'border-warn bg-warn-wash',
  bad: 'border-bad bg-bad-wash',
  accent: 'border-accent bg-accent-wash',
  plain: 'border-line-strong bg-sunk',
};

/** Read at arm's length: a drawing, one word, and what it means. Said aloud when it changes. */
export const BigAnswer = ({ shape, tone, word, verdict, children }: BigAnswerProps) => (
  <section
    role="status"
    aria-live="assertive"
    aria-atomic
    data-testid="verdict"
    data-verdict={verdict}
    className={classes(
      'flex flex-col items-center gap-4 rounded-lg border-2 p-5 text-center',
      'md:flex-row md:gap-8 md:p-8 md:text-left',
      frames[tone],
    )}
  >
    <Sign shape={shape} tone={tone} />
    <div className="flex min-w-0 flex-col gap-2">
      <h2 className="text-2xl font-bold tracking-tight">{word}</h2>
      {children}
    </div>
  </section>
);
