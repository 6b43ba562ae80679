import { shillings } from '#kernel';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contradictionsIn, walletPassedOnDay } from './contradictions.ts';
import { type ResolvedTargets, resolveTargets, type TargetsFile } from './targets.ts';

const nothing = { mpesa: undefined, airtel: undefined };
const resolve = (file?: TargetsFile): ResolvedTargets =>
  resolveTargets(file, { targetMinor: nothing, autoTransferMinor: nothing });
const found = (file?: TargetsFile) =>
  contradictionsIn(resolve(file)).map(({ name, severity }) => `${severity} ${name}`);

const calm = { growthTarget: 0 };
const calmDaily = { mpesa: calm, airtel: calm, combined: calm };

describe('the specification’s own figures', () => {
  const problems = contradictionsIn(resolve());
  const causeOf = (name: string): string | undefined =>
    problems.find((each) => each.name === name)?.cause;

  it('cannot grow by 25 % together when each grows by 20 %', () => {
    const cause = causeOf('daily.combined.growthTarget');
    expect(cause).toContain('make KES 24,000 out of KES 20,000');
    expect(cause).toContain('25 % would make KES 25,000');
  });

  it('pass the wallet limit on day 22', () => {
    expect(causeOf('daily.mpesa.growthTarget')).toContain('on day 22');
    expect(causeOf('daily.airtel.growthTarget')).toContain('KES 500,000');
  });

  it('are otherwise sound: nothing but three warnings', () => {
    expect(problems.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
  });
});

describe('contradictions', () => {
  it.each<[string, TargetsFile['daily'], readonly string[]]>([
    ['none', calmDaily, []],
    [
      'a combined target that is not the sum',
      { ...calmDaily, combined: { ...calm, target: 21_000 } },
      ['warning daily.combined.target'],
    ],
    [
      'a combined minimum that is not the sum',
      { ...calmDaily, combined: { ...calm, minimum: 15_000 } },
      ['warning daily.combined.minimum'],
    ],
    [
      'a combined transfer that is not the sum',
      { ...calmDaily, combined: { ...calm, autoTransfer: 2_000 } },
      ['warning daily.combined.autoTransfer'],
    ],
    [
      'a minimum above its target',
      { ...calmDaily, airtel: { ...calm, minimum: 10_001 }, combined: calm },
      ['error daily.airtel.minimum'],
    ],
    [
      'growth of the whole without growth of a part',
      { ...calmDaily, combined: { growthTarget: 0.0001 } },
      ['warning daily.combined.growthTarget'],
    ],
    [
      'less growth of the whole than of its parts',
      {
        mpesa: { growthTarget: 0.001 },
        airtel: { growthTarget: 0.001 },
        combined: { growthTarget: 0 },
      },
      [],
    ],
  ])('%s', (_what, daily, expected) => {
    expect(found({ daily })).toEqual(expected);
  });

  it('sums that are left out never disagree, and growth is only impossible above the legs', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    const growth = fc.integer({ min: 0, max: 100 }).map((points) => points / 10_000);
    const leg = fc.record({ target: amount, growthTarget: growth });
    fc.assert(
      fc.property(leg, leg, growth, (mpesa, airtel, growthTarget) => {
        const names = found({ daily: { mpesa, airtel, combined: { growthTarget } } });
        expect(names).not.toContain('warning daily.combined.target');
        expect(names).not.toContain('warning daily.combined.minimum');
        const highest = Math.max(mpesa.growthTarget, airtel.growthTarget);
        const lowest = Math.min(mpesa.growthTarget, airtel.growthTarget);
        const isWarned = names.includes('warning daily.combined.growthTarget');
        // Between the two it depends on the targets.
        expect(isWarned || growthTarget <= highest).toBe(true);
        expect(!isWarned || growthTarget > lowest).toBe(true);
      }),
    );
  });
});

describe('the day growth passes the wallet', () => {
  it.each([
    [10_000, 2_000, 22],
    [10_000, 2_500, 18],
    [500_000, 1, 1],
    [250_000, 10_000, 2],
    [10_000, 0, undefined],
    [10_000, 1, undefined],
  ])('from KES %d at %d basis points a day is %s', (target, points, day) => {
    expect(walletPassedOnDay(shillings(target), points)).toBe(day);
  });
});
