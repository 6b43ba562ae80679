import { expect, it } from 'vitest';

import { forecast, type ForecastFacts } from './forecast.ts';
import { addTallies, emptyTally, tallyOf, type Tally } from './records/tally.ts';

const hourOf = (counts: {
  readonly ok?: number;
  readonly unheard?: number;
  readonly ourFault?: number;
  readonly tookMs?: number;
}): Tally => {
  const { ok = 0, unheard = 0, ourFault = 0, tookMs = 300 } = counts;
  const none = { code: undefined, unheard: false, credentials: 'taken' } as const;
  return [
    ...Array.from({ length: ok }, () => tallyOf({ ...none, kind: 'ok' }, tookMs)),
    ...Array.from({ length: ourFault }, () => tallyOf({ ...none, kind: 'our-fault' }, tookMs)),
    ...Array.from({ length: unheard }, () =>
      tallyOf({ ...none, kind: 'unknown', unheard: true }, tookMs),
    ),
  ].reduce<Tally>(addTallies, emptyTally);
};

it.each<[string, Partial<ForecastFacts>, string]>([
  ['nothing asked', {}, 'unknown'],
  ['one call that went well', { lastHour: hourOf({ ok: 1 }) }, 'fair'],
  ['one of twenty-one unheard', { lastHour: hourOf({ ok: 20, unheard: 1 }) }, 'fair'],
  ['one of twenty unheard', { lastHour: hourOf({ ok: 19, unheard: 1 }) }, 'changeable'],
  ['one of four unheard', { lastHour: hourOf({ ok: 3, unheard: 1 }) }, 'stormy'],
  ['the only one unheard', { lastHour: hourOf({ unheard: 1 }) }, 'changeable'],
  ['one of five our fault', { lastHour: hourOf({ ok: 4, ourFault: 1 }) }, 'changeable'],
  ['one of six our fault', { lastHour: hourOf({ ok: 5, ourFault: 1 }) }, 'fair'],
  ['slow answers', { lastHour: hourOf({ ok: 5, tookMs: 15_000 }) }, 'changeable'],
  [
    'callbacks that do not come',
    {
      lastHour: hourOf({ ok: 30 }),
      arrival: { settled: 10, byCallback: 6, medianMs: 1 },
    },
    'changeable',
  ],
  [
    'callbacks that mostly come',
    {
      lastHour: hourOf({ ok: 30 }),
      arrival: { settled: 10, byCallback: 7, medianMs: 1 },
    },
    'fair',
  ],
  [
    'something held back',
    { lastHour: hourOf({ ok: 30 }), breakers: [{ lane: 'money-out' }] },
    'closed',
  ],
  ['codes held back', { lastHour: hourOf({ ok: 30 }), breakers: [{ lane: 'extras' }] }, 'fair'],
])('%s', (_, facts, sky) => {
  const none = { breakers: [], lastHour: emptyTally, arrival: undefined };
  expect(forecast({ ...none, ...facts })).toBe(sky);
});
