import { expect, it } from 'vitest';

import { holdReasonSchema } from '#api/contract';

import {
  clockTime,
  dayAndTime,
  duration,
  epochOf,
  figure,
  kesOfDecimal,
  transferWords,
} from './words.ts';

it.each([
  [-5, '0.0 s'],
  [940, '0.9 s'],
  [9_990, '9.9 s'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [7_500_000, '2 h 5 min'],
  [86_400_000, '1 day 0 h'],
  [273_600_000, '3 days 4 h'],
])('tells %i ms as %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

it('tells times in Nairobi', () => {
  const at = epochOf('2026-11-23T21:30:05.000Z');
  expect(clockTime(at)).toBe('00:30:05');
  expect(dayAndTime(at)).toBe('2026-11-24 00:30');
});

it('reads what is no time as the beginning of time', () => {
  expect(epochOf('soon')).toBe(0);
});

it.each([
  ['1500.00', 'KES 1,500'],
  ['-1234567.05', 'KES -1,234,567.05'],
  ['much', 'much'],
])('shows %s as %s', (amount, words) => {
  expect(kesOfDecimal(amount)).toBe(words);
});

it('shows figures without their currency', () => {
  expect(figure(1_234_567)).toBe('1,234,567');
});

const outlook = {
  sweptToday: false,
  payoutNumber: null,
  cap: 2_000,
  trigger: 4_000,
  reserve: 500,
};

it.each([
  ['switched-off', 'switched off: the daily amount is 0'],
  ['no-payout-number', 'no phone number to send to is set'],
  ['engine-stopped', 'waits until the engine is switched on again'],
  ['done-today', "today's KES 2,000 is sent or on its way"],
  [
    'credentials-refused',
    'the provider did not take our password or PIN: correct it, then send one by hand',
  ],
  ['combined-cap', 'both rails together have sent what a day may send'],
  ['cancelled-today', 'cancelled today; tomorrow it goes again, today by hand'],
  ['failed-too-often', 'failed too often today; it is tried again tomorrow, or by hand'],
  ['trigger-not-reached', 'waits until the day has earned KES 4,000'],
  ['reserve', 'waits until the wallet holds KES 2,000 above its reserve of KES 500'],
  ['number-not-confirmed', 'nobody confirmed the phone number yet: see `qmoi payees`'],
  ['number-cooling', 'the phone number is new: waits a day after its confirmation'],
  ['daily-limit', 'the phone cannot receive another KES 2,000 today'],
  ['quiet-hours', 'due, and waits for the end of the quiet hours'],
  ['float-low', "due, but the provider's wallet holds less than KES 2,000"],
  ['cap-out-of-range', 'KES 2,000 is not what the provider sends in one transfer'],
] as const)('says why a transfer is held: %s', (why, words) => {
  expect(transferWords({ ...outlook, next: { kind: 'hold', why } })).toBe(words);
});

it.each([
  ['number-cooling', 'the phone number is new: waits until 2026-11-24 06:00'],
  ['quiet-hours', 'due, and waits for the end of the quiet hours until 2026-11-24 06:00'],
] as const)('says until when: %s', (why, words) => {
  const until = '2026-11-24T03:00:00.000Z';
  expect(transferWords({ ...outlook, next: { kind: 'hold', why, until } })).toBe(words);
});

it('has words for every reason the contract knows', () => {
  const said = holdReasonSchema.options.map((why) =>
    transferWords({ ...outlook, next: { kind: 'hold', why } }),
  );
  expect(new Set(said).size).toBe(holdReasonSchema.options.length);
});

it('says that a transfer is due', () => {
  const words = transferWords({ ...outlook, next: { kind: 'send', amount: 2_000 } });
  expect(words).toBe('KES 2,000 goes out at the next check');
});
