import { describe, expect, it } from 'vitest';

import { parseConfig } from './config.ts';
import { configFor, streamTexts } from './test-kit.ts';

const base = 'http://127.0.0.1:1';

describe('the configuration', () => {
  it('is read whole, with what is usual where nothing is said', () => {
    const change = { demandFactor: undefined, cycleHours: undefined, streams: [streamTexts[0]] };
    expect(parseConfig(configFor(base, change))).toEqual({
      ok: true,
      value: {
        engineUrl: `${base}/engine`,
        mpesa: { simUrl: `${base}/mpesa`, shortCode: '600100' },
        airtel: { simUrl: `${base}/airtel` },
        streams: [
          {
            id: 'trading',
            rail: 'mpesa',
            accountReference: 'TRADING',
            lowMinor: 50_000n,
            highMinor: 250_000n,
          },
        ],
        seed: 7,
        demandFactor: 1,
        cycleHours: 3,
      },
    });
  });

  it.each([
    ['a slash at the end of an address', { engineUrl: `${base}/engine/` }],
    ['one rail only', { airtel: undefined }],
    ['the other rail only', { mpesa: null }],
    ['the short code beside the rail', { mpesa: { simUrl: base } }],
    ['no demand at all', { demandFactor: 0 }],
  ])('takes %s', (_what, change) => {
    const parsed = parseConfig(configFor(base, change));
    expect(parsed).toMatchObject({ ok: true, value: { engineUrl: `${base}/engine` } });
  });

  it.each([
    ['no object', 3, 'object'],
    ['an unknown name', { demand: 1 }, 'demand is not a setting'],
    ['no rail', { mpesa: undefined, airtel: undefined }, 'one of mpesa and airtel'],
    ['an engine without address', { engineUrl: 'engine' }, 'engineUrl'],
    ['a simulator without address', { airtel: {} }, 'airtel.simUrl'],
    ['a short code of letters', { shortCode: 'x', mpesa: { simUrl: base } }, 'shortCode'],
    ['no streams', { streams: [] }, 'streams'],
    ['a band upside down', { streams: [{ ...streamTexts[0], lowMinor: '999999' }] }, 'streams[0]'],
    ['a number as band', { streams: [{ ...streamTexts[0], lowMinor: 5 }] }, 'streams[0]'],
    ['an unknown rail', { streams: [{ ...streamTexts[0], rail: 'cash' }] }, 'streams[0]'],
    ['a fraction as seed', { seed: 1.5 }, 'seed'],
    ['negative demand', { demandFactor: -1 }, 'demandFactor'],
    ['a cycle that does not divide the day', { cycleHours: 5 }, 'cycleHours'],
  ])('refuses %s', (_what, change, words) => {
    const value = typeof change === 'object' ? configFor(base, change) : change;
    expect(parseConfig(value)).toEqual({ ok: false, error: expect.stringContaining(words) });
  });

  it('names all problems at once', () => {
    const parsed = parseConfig(configFor(base, { seed: 'x', cycleHours: 0 }));
    expect(parsed).toMatchObject({ error: expect.stringMatching(/seed.*; cycleHours/) });
  });
});
