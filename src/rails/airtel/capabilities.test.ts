import { describe, expect, it } from 'vitest';
import { airtelCapabilities, enquiryTimesMs } from './capabilities.ts';
import { configOf } from './test-kit.ts';

const minutes = (...counts: readonly number[]): readonly number[] =>
  counts.map((count) => count * 60_000);
const days = [24 * 60, 48 * 60, 72 * 60];

describe('enquiries', () => {
  it.each([
    ['the usual three minutes', 3, [3, 4, 6, 10, 20, 60, ...days]],
    ['sooner', 0.5, [0.5, 1, 2, 3, 4, 6, 10, 20, 60, ...days]],
    ['later', 5, [5, 6, 10, 20, 60, ...days]],
    ['much later', 60, [60, ...days]],
  ])('%s', (_name, first, expected) => {
    expect(enquiryTimesMs(first * 60_000)).toEqual(minutes(...expected));
  });

  it('never come before the submission', () => {
    expect(() => enquiryTimesMs(0)).toThrow('an enquiry comes after');
  });
});

describe('capabilities', () => {
  it('follow the settings', () => {
    const capabilities = airtelCapabilities(
      configOf({ firstEnquiryDelayMs: 240_000, transactionMaxMinor: 70_000_00n }),
    );
    expect(capabilities).toMatchObject({
      promptMinor: { min: 1_00n, max: 70_000_00n },
      payoutMinor: { min: 1_00n, max: 70_000_00n },
      payoutDailyMaxMinor: 500_000_00n,
      referenceLengthMax: 25,
      notFoundFinalAfterMs: 900_000,
      queryNamesReceipt: true,
      channels: ['airtel-result'],
    });
    expect(capabilities.promptQueryAfterMs[0]).toBe(240_000);
    expect(capabilities.payoutQueryAfterMs).toEqual(capabilities.promptQueryAfterMs);
  });
});
