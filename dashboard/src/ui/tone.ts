/** What a colour says. `plain` says nothing. */
export type Tone = 'plain' | 'good' | 'warn' | 'bad' | 'accent';

export const washOf: Readonly<Record<Tone, string>> = {
  plain: 'bg-sunk text-soft',
  good: 'bg-good-wash text-good',
  warn: 'bg-warn-wash text-warn',
  bad: 'bg-bad-wash text-bad',
  accent: 'bg-accent-wash text-accent',
};
