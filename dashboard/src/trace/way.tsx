import { Link } from '@tanstack/react-router';

import { timeOf, useFormats } from '../text/format.ts';
import { useText } from '../text/language.ts';
import { classes } from '../ui/classes.ts';
import { washOf, type Tone } from '../ui/tone.ts';
import { sharedTraceText } from './text.ts';

/** One thing that happened to the money, and how it is known. */
export interface Step {
  readonly key: string;
  /** Undefined of what is still to come. */
  readonly at: string | undefined;
  readonly title: string;
  readonly tone: Tone;
  /** What a provider called it, or what was said of it. */
  readonly detail?: string | undefined;
  readonly exceptionId?: string;
  readonly transferId?: string;
}

/** In order of time, each step with what is known of it. */
export const Way = ({ steps }: { readonly steps: readonly Step[] }) => (
  <ol className="flex flex-col">
    {steps.map((step, n) => (
      <li key={step.key} className="relative flex gap-3 pb-4 last:pb-0">
        {n < steps.length - 1 && (
          <span aria-hidden className="bg-line absolute top-6 bottom-0 left-[11px] w-0.5" />
        )}
        <span
          aria-hidden
          className={classes(
            'z-10 mt-0.5 flex size-6 shrink-0 items-center justify-center rounded-full',
            'text-xs font-semibold',
            washOf[step.tone],
          )}
        >
          {n + 1}
        </span>
        <OneStep step={step} />
      </li>
    ))}
  </ol>
);

function OneStep({ step }: { readonly step: Step }) {
  const t = useText(sharedTraceText);
  const f = useFormats();
  const look = 'text-accent underline underline-offset-4';
  return (
    <div className="min-w-0 grow text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <p className={step.at === undefined ? 'text-soft' : 'font-medium'}>{step.title}</p>
        {step.at !== undefined && (
          <time dateTime={step.at} className="text-soft figure text-xs">
            {f.day(timeOf(step.at))}, {f.clock(timeOf(step.at))}
          </time>
        )}
      </div>
      {step.detail !== undefined && step.detail !== '' && (
        <p className="text-soft">
          {step.exceptionId === undefined ? (
            step.detail
          ) : (
            <Link to="/exceptions/$id" params={{ id: step.exceptionId }} className={look}>
              {step.detail}
            </Link>
          )}
        </p>
      )}
      {step.transferId !== undefined && (
        <Link to="/transfers/$id" params={{ id: step.transferId }} className={look}>
          {t.refundLink}
        </Link>
      )}
    </div>
  );
}
