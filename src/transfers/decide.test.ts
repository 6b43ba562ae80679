import { expect, it } from 'vitest';

import { shillings, type Msisdn } from '#kernel';

import { decideSweep, failedSweepsMax, type SweepFacts, type SweepSettings } from './decide.ts';

const settings: SweepSettings = {
  dailyCapMinor: shillings(2_000),
  triggerMinor: shillings(5_000),
  reserveMinor: shillings(1_000),
  checkEveryMs: 3_600_000,
  payoutNumber: '254700000001' as Msisdn,
};
const facts = (more: Partial<SweepFacts> = {}): SweepFacts => ({
  settings,
  engineRunning: true,
  earnedTodayMinor: shillings(5_000),
  freeMinor: shillings(3_000),
  combinedLeftMinor: shillings(4_000),
  leftToNumberMinor: shillings(500_000),
  sweptToday: false,
  cancelledToday: false,
  failedToday: 0,
  credentialsRefused: false,
  numberConfirmed: true,
  coolingUntil: undefined,
  quietUntil: undefined,
  reportedMinor: undefined,
  payoutMinMinor: shillings(10),
  payoutMaxMinor: shillings(250_000),
  ...more,
});
const withSettings = (more: Partial<SweepSettings>) =>
  facts({ settings: { ...settings, ...more } });

const unconfirmed = 'number-not-confirmed';
const notEarned = 'trigger-not-reached';

it.each<[string, SweepFacts, string]>([
  ['everything fits exactly', facts(), 'send'],
  ['a cap of zero', withSettings({ dailyCapMinor: 0n }), 'switched-off'],
  ['no number', withSettings({ payoutNumber: undefined }), 'no-payout-number'],
  ['below the rail', withSettings({ dailyCapMinor: shillings(9) }), 'cap-out-of-range'],
  ['above the rail', withSettings({ dailyCapMinor: shillings(250_001) }), 'cap-out-of-range'],
  ['stopped', facts({ engineRunning: false }), 'engine-stopped'],
  ['done', facts({ sweptToday: true }), 'done-today'],
  ['cancelled', facts({ cancelledToday: true }), 'cancelled-today'],
  ['failed twice', facts({ failedToday: failedSweepsMax - 1 }), 'send'],
  ['failed too often', facts({ failedToday: failedSweepsMax }), 'failed-too-often'],
  ['a wrong PIN', facts({ credentialsRefused: true }), 'credentials-refused'],
  ['the other rail', facts({ combinedLeftMinor: shillings(2_000) - 1n }), 'combined-cap'],
  ['just within both', facts({ combinedLeftMinor: shillings(2_000) }), 'send'],
  ['a cent short', facts({ earnedTodayMinor: shillings(5_000) - 1n }), 'trigger-not-reached'],
  ['into the reserve', facts({ freeMinor: shillings(3_000) - 1n }), 'reserve'],
  ['in debt', facts({ freeMinor: -1n }), 'reserve'],
  ['stopped and done', facts({ engineRunning: false, sweptToday: true }), 'engine-stopped'],
  ['done after one was cancelled', facts({ sweptToday: true, cancelledToday: true }), 'done-today'],
  ['done and failed', facts({ sweptToday: true, failedToday: 9 }), 'done-today'],
  ['a number nobody confirmed', facts({ numberConfirmed: false }), 'number-not-confirmed'],
  ['unconfirmed and stopped', facts({ numberConfirmed: false, engineRunning: false }), unconfirmed],
  ['a number that changed', facts({ coolingUntil: 5 }), 'number-cooling'],
  ['the number had its day', facts({ leftToNumberMinor: shillings(2_000) - 1n }), 'daily-limit'],
  ['the number has just enough left', facts({ leftToNumberMinor: shillings(2_000) }), 'send'],
  ['at night', facts({ quietUntil: 5 }), 'quiet-hours'],
  ['at night, and not earned', facts({ quietUntil: 5, earnedTodayMinor: 0n }), notEarned],
  ['a wallet that lacks it', facts({ reportedMinor: shillings(2_000) - 1n }), 'float-low'],
  ['a wallet that just has it', facts({ reportedMinor: shillings(2_000) }), 'send'],
  ['no float at night', facts({ reportedMinor: 0n, quietUntil: 5 }), 'quiet-hours'],
  ['no trigger, no reserve', facts({ earnedTodayMinor: 0n, freeMinor: 0n }), 'trigger-not-reached'],
])('%s', (_, some, expected) => {
  const decision = decideSweep(some);
  expect(decision.kind === 'send' ? 'send' : decision.why).toBe(expected);
});

it('sends the whole cap', () => {
  expect(decideSweep(facts())).toEqual({ kind: 'send', amountMinor: shillings(2_000) });
});

it.each([
  ['number-cooling', facts({ coolingUntil: 7 })],
  ['quiet-hours', facts({ quietUntil: 7 })],
])('says when %s ends', (why, some) => {
  expect(decideSweep(some)).toEqual({ kind: 'hold', why, until: 7 });
});
