import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { dayMs, nairobiHourOf } from '#kernel';

import { actValidMs, decidePrompt, promptsPerDayMax, type PromptFacts } from './consent.ts';

const noonAt = Date.parse('2026-11-25T09:00:00Z');
const act = { basis: 'payer-act', givenAt: noonAt - 1_000 } as const;
const standing = { basis: 'standing', givenAt: noonAt - 90 * dayMs } as const;
const at = (time: string): number => Date.parse(`2026-11-25T${time}+03:00`);

const facts = (more: Partial<PromptFacts>): PromptFacts => ({
  now: noonAt,
  engineRunning: true,
  consent: act,
  promptsInLastDay: 0,
  promptPending: false,
  refusedAt: undefined,
  ...more,
});

describe('the etiquette of prompts', () => {
  it.each<[string, Partial<PromptFacts>, string]>([
    ['an act just now', {}, 'prompt'],
    ['nobody asked', { consent: undefined }, 'no-consent'],
    ['an act in the future', { consent: { ...act, givenAt: noonAt + 60_001 } }, 'no-consent'],
    ['clocks that differ a little', { consent: { ...act, givenAt: noonAt + 60_000 } }, 'prompt'],
    ['the last moment', { consent: { ...act, givenAt: noonAt - actValidMs } }, 'prompt'],
    ['too late', { consent: { ...act, givenAt: noonAt - actValidMs - 1 } }, 'consent-too-old'],
    ['refused since', { refusedAt: noonAt }, 'payer-refused-since'],
    ['refused at the same moment', { refusedAt: act.givenAt }, 'payer-refused-since'],
    ['a new act after a refusal', { refusedAt: act.givenAt - 1 }, 'prompt'],
    [
      'an old refusal',
      { consent: standing, refusedAt: noonAt - 60 * dayMs },
      'payer-refused-since',
    ],
    ['two so far', { promptsInLastDay: 2 }, 'prompt'],
    ['three so far', { promptsInLastDay: 3 }, 'three-prompts-in-24-hours'],
    ['stopped', { engineRunning: false }, 'engine-stopped'],
    ['one on the screen', { promptPending: true }, 'prompt-pending'],
    ['standing, by day', { consent: standing }, 'prompt'],
    ['standing, 06:59', { consent: standing, now: at('06:59:59') }, 'quiet-hours'],
    ['standing, 07:00', { consent: standing, now: at('07:00:00') }, 'prompt'],
    ['standing, 20:59', { consent: standing, now: at('20:59:59') }, 'prompt'],
    ['standing, 21:00', { consent: standing, now: at('21:00:00') }, 'quiet-hours'],
    [
      'an act at night',
      { now: at('23:00:00'), consent: { ...act, givenAt: at('22:59:00') } },
      'prompt',
    ],
    // In order of precedence: what forbids for ever goes before what only delays.
    [
      'too old and refused',
      { consent: { ...act, givenAt: 0 }, refusedAt: noonAt },
      'consent-too-old',
    ],
    ['refused and three', { refusedAt: noonAt, promptsInLastDay: 3 }, 'payer-refused-since'],
    [
      'three and stopped',
      { promptsInLastDay: 3, engineRunning: false },
      'three-prompts-in-24-hours',
    ],
    [
      'stopped and quiet',
      { consent: standing, now: at('22:00:00'), engineRunning: false },
      'engine-stopped',
    ],
    [
      'quiet and pending',
      { consent: standing, now: at('22:00:00'), promptPending: true },
      'quiet-hours',
    ],
  ])('%s', (_, more, expected) => {
    const decision = decidePrompt(facts(more));
    expect(decision.kind === 'prompt' ? 'prompt' : decision.why).toBe(expected);
  });

  it.each([
    ['22:00:00', '2026-11-26T07:00:00+03:00'],
    ['00:10:00', '2026-11-25T07:00:00+03:00'],
  ])('waits from %s until the morning', (time, morning) => {
    const decision = decidePrompt(facts({ consent: standing, now: at(time) }));
    expect(decision).toMatchObject({ kind: 'wait', until: Date.parse(morning) });
  });

  it('never prompts without a fresh act or a standing consent by day', () => {
    const anyFacts = fc.record<PromptFacts>({
      now: fc.integer({ min: noonAt, max: noonAt + 2 * dayMs }),
      engineRunning: fc.boolean(),
      consent: fc.option(
        fc.record({
          basis: fc.constantFrom('payer-act' as const, 'standing' as const),
          givenAt: fc.integer({ min: noonAt - dayMs, max: noonAt + 3 * dayMs }),
        }),
        { nil: undefined },
      ),
      promptsInLastDay: fc.integer({ min: 0, max: 6 }),
      promptPending: fc.boolean(),
      refusedAt: fc.option(fc.integer({ min: noonAt - dayMs, max: noonAt + 2 * dayMs }), {
        nil: undefined,
      }),
    });
    const keeps = fc.property(
      anyFacts,
      (some) => decidePrompt(some).kind !== 'prompt' || isAllowed(some),
    );
    expect(() => fc.assert(keeps, { numRuns: 2_000 })).not.toThrow();
  });
});

/** The same rules, read once more from the policy. */
function isAllowed({ now, consent, refusedAt, ...rest }: PromptFacts): boolean {
  if (consent === undefined || !rest.engineRunning || rest.promptPending) return false;
  if (rest.promptsInLastDay >= promptsPerDayMax) return false;
  if (refusedAt !== undefined && refusedAt >= consent.givenAt) return false;
  const hour = nairobiHourOf(now);
  return consent.basis === 'payer-act'
    ? now - consent.givenAt <= actValidMs
    : hour >= 7 && hour < 21;
}
