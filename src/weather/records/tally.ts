import type { Outcome } from '../outcome.ts';

/** What a number of calls came to. */
export interface Tally {
  readonly calls: number;
  readonly ok: number;
  readonly ourFault: number;
  readonly refused: number;
  readonly unknown: number;
  /** Of all these, the calls that the provider did not hear or did not answer. */
  readonly unheard: number;
  /** Calls by how long they took, as many as `latencyBoundsMs` and one more. */
  readonly latencyCounts: readonly number[];
  /** How often each code came; the rarest are summed as `other`. */
  readonly codes: Readonly<Record<string, number>>;
}

/** Upper bounds of the latencies counted together: from a warm gateway to its longest wait. */
export const latencyBoundsMs: readonly number[] = [
  100, 200, 400, 800, 1_500, 3_000, 6_000, 12_000, 20_000, 30_000,
];

/** A provider at its worst has a handful of codes; a proxy that invents them fills nothing. */
export const codesMax = 20;
const codeLengthMax = 60;
const otherCodes = 'other';

export const emptyTally: Tally = {
  calls: 0,
  ok: 0,
  ourFault: 0,
  refused: 0,
  unknown: 0,
  unheard: 0,
  latencyCounts: [...latencyBoundsMs, Infinity].map(() => 0),
  codes: {},
};

export function tallyOf(outcome: Outcome, tookMs: number): Tally {
  const one = (kind: Outcome['kind']): number => (outcome.kind === kind ? 1 : 0);
  const bound = latencyBoundsMs.findIndex((boundMs) => tookMs <= boundMs);
  const at = bound === -1 ? latencyBoundsMs.length : bound;
  return {
    calls: 1,
    ok: one('ok'),
    ourFault: one('our-fault'),
    refused: one('refused'),
    unknown: one('unknown'),
    unheard: outcome.unheard ? 1 : 0,
    latencyCounts: emptyTally.latencyCounts.map((_, n) => (n === at ? 1 : 0)),
    codes: outcome.code === undefined ? {} : { [outcome.code.slice(0, codeLengthMax)]: 1 },
  };
}

export const addTallies = (one: Tally, other: Tally): Tally => ({
  calls: one.calls + other.calls,
  ok: one.ok + other.ok,
  ourFault: one.ourFault + other.ourFault,
  refused: one.refused + other.refused,
  unknown: one.unknown + other.unknown,
  unheard: one.unheard + other.unheard,
  latencyCounts: one.latencyCounts.map((count, n) => count + (other.latencyCounts[n] ?? 0)),
  codes: addCodes(one.codes, other.codes),
});

/** The most frequent ones keep their names; among equals the alphabet decides. */
function addCodes(one: Tally['codes'], other: Tally['codes']): Tally['codes'] {
  const sums = new Map(Object.entries(one));
  for (const [code, count] of Object.entries(other)) {
    sums.set(code, (sums.get(code) ?? 0) + count);
  }
  const rest = sums.get(otherCodes) ?? 0;
  sums.delete(otherCodes);
  const ranked = ranking(sums);
  const kept = ranked.slice(0, codesMax);
  const summed = ranked.slice(codesMax).reduce((sum, [, count]) => sum + count, rest);
  return Object.fromEntries(summed === 0 ? kept : [...kept, [otherCodes, summed]]);
}

const ranking = (codes: ReadonlyMap<string, number>): readonly (readonly [string, number])[] =>
  [...codes].toSorted(([a, n], [b, m]) => (n === m ? (a < b ? -1 : 1) : m - n));

/** The code that came most often, named ones before the sum of the rest. */
export const worstCode = ({ codes }: Tally): string | undefined =>
  ranking(new Map(Object.entries(codes).filter(([code]) => code !== otherCodes)))[0]?.[0] ??
  Object.keys(codes)[0];

/**
 * The bound below which that share of the calls stayed. Beyond the last bound it is the last one:
 * the provider was slower than that.
 */
export function latencyMs({ calls, latencyCounts }: Tally, share: number): number | undefined {
  if (calls === 0) return undefined;
  let seen = 0;
  const at = latencyCounts.findIndex((count) => {
    seen += count;
    return seen >= calls * share;
  });
  return latencyBoundsMs[at] ?? latencyBoundsMs.at(-1);
}
