import { expect, it } from 'vitest';
import { parseConfig } from './config.ts';

const whole = {
  port: 0,
  stateDir: 'state',
  seed: 1,
  consumerKey: 'k',
  consumerSecret: 's',
  shortCode: '600100',
  passkey: 'p',
  initiatorName: 'i',
  initiatorPassword: 'w',
};

it('fills in what is left out', () => {
  expect(parseConfig(whole)).toMatchObject({
    ok: true,
    value: {
      host: '127.0.0.1',
      profile: 'sandbox',
      c2bTariff: 'none',
      knobs: {},
      allowHosts: [],
      timings: { promptDelayMs: { min: 1000, max: 3000 } },
    },
  });
});

it.each([
  [{ port: 70_000 }, 'port'],
  [{ port: '80' }, 'port'],
  [{ seed: -1 }, 'seed'],
  [{ stateDir: '' }, 'stateDir'],
  [{ shortCode: 'abc' }, 'shortCode'],
  [{ tillNumber: '1' }, 'tillNumber'],
  [{ profile: 'live' }, 'profile'],
  [{ c2bTariff: 'free' }, 'c2bTariff'],
  [{ knobs: { reorder: 'yes' } }, 'knobs.reorder'],
  [{ knobs: 7 }, 'knobs'],
  [{ timings: { promptDelayMs: 5 } }, 'timings.promptDelayMs'],
  [{ timings: { hangMs: { min: 1, max: 2 } } }, 'timings.hangMs'],
  [{ timings: { unheardOf: 5 } }, 'timings.unheardOf'],
  [{ allowHosts: 'example.org' }, 'allowHosts'],
  [{ passKey: 'typo' }, 'passKey is not a setting'],
  [{ passkey: undefined }, 'passkey'],
])('refuses %j and names it', (change, word) => {
  const parsed = parseConfig({ ...whole, ...change });
  expect(parsed.ok ? '' : parsed.error).toContain(word);
});

it('names all problems at once', () => {
  const parsed = parseConfig({});
  expect(parsed.ok ? [] : parsed.error.split('; ')).toHaveLength(9);
});
