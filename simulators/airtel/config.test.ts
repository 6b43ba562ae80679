import { describe, expect, it } from 'vitest';

import { parseConfig } from './config.ts';
import { defaultKnobs, parseKnobs } from './knobs.ts';
import { defaultTimings } from './timings.ts';

const least = {
  port: 0,
  stateDir: 'state',
  seed: 7,
  clientId: 'client',
  clientSecret: 'a secret',
  pin: '1234',
  callbackUrl: 'http://127.0.0.1:8080/callback',
};

describe('the configuration', () => {
  it('needs little and fills in the rest', () => {
    const parsed = parseConfig(least);
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        host: '127.0.0.1',
        signing: 'off',
        keyBits: 1024,
        keyPadding: 'pkcs1',
        callbackHashKey: undefined,
        knobs: defaultKnobs,
        timings: defaultTimings,
      },
    });
    expect(JSON.stringify(parsed)).not.toContain('a secret');
    expect(JSON.stringify(parsed)).not.toContain('1234');
  });

  it('keeps the defaults beside a changed timing', () => {
    const parsed = parseConfig({ ...least, timings: { promptDelayMs: { max: 5000 } } });
    expect(parsed).toMatchObject({
      ok: true,
      value: { timings: { ...defaultTimings, promptDelayMs: { min: 1000, max: 5000 } } },
    });
  });

  it.each(Object.keys(least))('is incomplete without %s', (name) => {
    const parsed = parseConfig({ ...least, [name]: undefined });
    expect(parsed).toEqual({ ok: false, error: [`${name}: is missing`] });
  });

  it.each<[object, string]>([
    [{ port: 70_000 }, 'port: must be a whole number from 0 to 65535'],
    [{ port: '80' }, 'port: must be a whole number from 0 to 65535'],
    [{ seed: -1 }, 'seed: must be a whole number from 0 to 4294967295'],
    [{ pin: '12345' }, 'pin: must be 4 digits'],
    [{ pin: 1234 }, 'pin: must be 4 digits'],
    [{ clientId: '' }, 'clientId: must be a text of 1 to 200 characters'],
    [{ signing: 'maybe' }, 'signing: must be one of off, optional, required'],
    [{ keyPadding: 'oaep-sha256' }, 'keyPadding: a 1024-bit key leaves only pkcs1'],
    [{ allowHosts: 'all' }, 'allowHosts: must be a list of at most 16 host names'],
    [
      { callbackUrl: 'https://example.com/' },
      'callbackUrl: must point to loopback or to a host in allowHosts, not to example.com',
    ],
    [{ callbackUrl: 'nowhere' }, 'callbackUrl: must be an http(s) address'],
    [{ collours: true }, 'collours: unknown'],
    [{ knobs: { dropCallbacks: 2 } }, 'knobs.dropCallbacks: must be a rate from 0 to 1'],
    [
      { timings: { promptDelayMs: { min: 5000 } } },
      'timings.promptDelayMs.min: must not exceed max',
    ],
    [
      { timings: { tokenLifeMs: 1e12 } },
      'timings.tokenLifeMs: must be a whole number from 0 to 604800000',
    ],
  ])('refuses %j', (change, problem) => {
    expect(parseConfig({ ...least, ...change })).toEqual({ ok: false, error: [problem] });
  });

  it.each([undefined, null, [], 'text'])('refuses %j', (value) => {
    expect(parseConfig(value).ok).toBe(false);
  });

  it('names every problem at once', () => {
    const parsed = parseConfig({ ...least, port: -1, pin: 'x', knobs: { outage: 'flood' } });
    expect(parsed).toMatchObject({
      error: [
        expect.stringContaining('port'),
        expect.stringContaining('pin'),
        expect.stringContaining('knobs.outage'),
      ],
    });
  });
});

describe('knobs', () => {
  it('are changed one by one, in nested ones too', () => {
    const parsed = parseKnobs(defaultKnobs, { syncLoss: { rate: 1 }, outage: 'html' });
    expect(parsed).toEqual({
      ok: true,
      value: { ...defaultKnobs, syncLoss: { rate: 1, mode: '408' }, outage: 'html' },
    });
  });

  it.each(Object.keys(defaultKnobs))('%s takes its default and refuses nonsense', (name) => {
    const value = Object.entries(defaultKnobs).find(([known]) => known === name)?.[1];
    expect(parseKnobs(defaultKnobs, { [name]: value })).toEqual({ ok: true, value: defaultKnobs });
    for (const nonsense of ['nonsense', null, -1, 1.5, { nonsense: 1 }]) {
      expect(parseKnobs(defaultKnobs, { [name]: nonsense }).ok).toBe(false);
    }
  });

  it.each<[unknown, string]>([
    [{ syncLoss: 0.5 }, 'syncLoss.must be an object'],
    [{ syncLoss: { rate: 0.5, mode: 'flood' } }, 'syncLoss.mode: must be one of'],
    [{ delayCallbacksMs: { min: 9, max: 1 } }, 'delayCallbacksMs.min: must not exceed max'],
    [{ badTokenStatus: 500 }, 'badTokenStatus: must be one of 401, 403'],
    [{ nonsense: 1 }, 'nonsense: unknown'],
    ['text', 'must be an object'],
  ])('refuse %j', (patch, problem) => {
    const parsed = parseKnobs(defaultKnobs, patch);
    expect(parsed).toEqual({ ok: false, error: [expect.stringContaining(problem)] });
  });
});
