/**
 * Durations by the logarithm of their size: 32 buckets for every doubling, so that a quantile is
 * off by 3 % at most, in memory that does not grow.
 */
export interface Histogram {
  /** Takes whole microseconds; what is below zero or above nineteen hours is cut to the limit. */
  add(durationUs: number): void;
  readonly count: number;
  readonly maxUs: number;
  /** The lower edge of the bucket that holds the quantile; 0 while it is empty. */
  quantileUs(quantile: number): number;
}

const stepsPerDoubling = 32;
const stepBits = 5;
const doublings = 31;
const limitUs = 2 ** (doublings + stepBits) - 1;

/** Below 32 every value has a bucket of its own. */
export function bucketOf(durationUs: number): number {
  const value = Math.max(0, Math.min(Math.floor(durationUs), limitUs));
  if (value < stepsPerDoubling) return value;
  const doubling = Math.floor(Math.log2(value)) - stepBits;
  return stepsPerDoubling * (doubling + 1) + Math.floor(value / 2 ** doubling) - stepsPerDoubling;
}

/** The smallest duration in a bucket. */
export function edgeOf(bucket: number): number {
  if (bucket < stepsPerDoubling) return bucket;
  const doubling = Math.floor(bucket / stepsPerDoubling) - 1;
  return (stepsPerDoubling + (bucket % stepsPerDoubling)) * 2 ** doubling;
}

export function createHistogram(): Histogram {
  const counts = new Uint32Array(stepsPerDoubling * (doublings + 1));
  let count = 0;
  let maxUs = 0;
  return {
    add: (durationUs) => {
      const bucket = bucketOf(durationUs);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      count += 1;
      if (durationUs > maxUs) maxUs = Math.floor(durationUs);
    },
    get count() {
      return count;
    },
    get maxUs() {
      return maxUs;
    },
    quantileUs: (quantile) => {
      const wanted = Math.max(1, Math.ceil(quantile * count));
      let seen = 0;
      for (let bucket = 0; bucket < counts.length; bucket += 1) {
        seen += counts[bucket] ?? 0;
        if (count > 0 && seen >= wanted) return edgeOf(bucket);
      }
      return 0;
    },
  };
}
