import { createPrng } from '#kernel';

/** When the next request is due, in milliseconds from the start: gaps as chance makes them. */
export function createDueTimes(perSecond: number, seed: number): () => number {
  const prng = createPrng(seed);
  const meanGapMs = 1_000 / perSecond;
  let dueMs = 0;
  return () => {
    // 1 - next() is never zero, so the logarithm is finite.
    dueMs += -Math.log(1 - prng.next()) * meanGapMs;
    return dueMs;
  };
}

/**
 * Which record comes when: after some of the new ones an earlier one comes once more, so that
 * `percent` of all requests are redeliveries. Half of them follow close on the first, half may
 * come any time later.
 */
export function withRepeats(
  records: number,
  { percent, seed, near }: { percent: number; seed: number; near: number },
): Uint32Array {
  const prng = createPrng(seed);
  const share = Math.min(Math.max(percent, 0), 99) / 100;
  const order: number[] = [];
  let owed = 0;
  for (let record = 0; record < records; record += 1) {
    order.push(record);
    for (owed += share / (1 - share); owed >= 1; owed -= 1) {
      const isNear = prng.next() < 0.5;
      order.push(prng.between(isNear ? Math.max(0, record - near) : 0, record));
    }
  }
  return Uint32Array.from(order);
}
