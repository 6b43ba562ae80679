import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react';

import { classes } from './classes.ts';

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'className'> {
  readonly tone?: 'primary' | 'quiet' | 'danger' | 'bare';
  readonly size?: 'usual' | 'small' | 'large';
  /** Being worked on: a second press does nothing. */
  readonly busy?: boolean;
  readonly wide?: boolean;
  /** Why it cannot be pressed; said beside it and to screen readers. */
  readonly because?: string | undefined;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLButtonElement>;
}

const tones = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover border-transparent',
  quiet: 'bg-card text-ink hover:bg-sunk border-line-strong',
  danger: 'bg-bad text-on-accent hover:opacity-90 border-transparent',
  bare: 'bg-transparent text-accent hover:bg-accent-wash border-transparent',
} as const;

const sizes = {
  usual: 'min-h-11 px-4 text-sm',
  small: 'min-h-9 px-3 text-sm',
  large: 'min-h-14 px-6 text-base',
} as const;

export const buttonLook = (tone: keyof typeof tones, size: keyof typeof sizes = 'usual'): string =>
  classes(
    'inline-flex items-center justify-center gap-2 rounded-md border font-medium',
    'transition-colors select-none disabled:cursor-not-allowed disabled:opacity-55',
    tones[tone],
    sizes[size],
  );

export function Button({
  tone = 'quiet',
  size = 'usual',
  busy = false,
  wide = false,
  because,
  children,
  disabled,
  type = 'button',
  ...rest
}: ButtonProps) {
  const button = (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || busy || because !== undefined}
      aria-busy={busy}
      className={classes(buttonLook(tone, size), wide && 'w-full')}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
  if (because === undefined) return button;
  return (
    <span className={classes('inline-flex flex-col gap-1', wide && 'w-full')}>
      {button}
      <span className="text-soft text-xs">{because}</span>
    </span>
  );
}

const Spinner = () => (
  <span
    aria-hidden
    className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent"
  />
);
