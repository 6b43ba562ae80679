import { formatMoney, isoOf, type EpochMs, type RailId } from '#kernel';

import type { Imported } from '../owner.ts';
import type { BookedOut, LeftOver } from './books.ts';
import type { Moved } from './truth.ts';
import type { Report } from './violation.ts';

export interface ReversalRules {
  /** What providers gave back, and the statements that may tell of it. */
  learn(moved: readonly Moved[], imported: readonly Imported[]): void;
  compare(bookedOut: readonly BookedOut[], report: Report): void;
  /** Keys of payments that a statement has told of for long enough; all of them, or what is new. */
  due(which: 'new' | 'all', now: EpochMs): readonly string[];
  judge(
    due: readonly string[],
    facts: { readonly left: readonly LeftOver[]; readonly named: ReadonlySet<string> },
    report: Report,
  ): void;
  complainOfUntold(report: Report): void;
  /** What is still counted, because nobody could know better. */
  untoldMinor(rail: RailId): bigint;
}

/** After the end of the import. */
const toBookMs = 15 * 60 * 1000;

interface Reversed extends Moved {
  toldAt: EpochMs | undefined;
  isJudged: boolean;
}

/** As the books write down that a payment came. */
const keyOf = ({ rail, reverses = '' }: Moved): string => `payment:${rail}:${reverses}`;

/** What a provider gave back counts no more, once a statement says so; and nothing else does so. */
export function createReversalRules(): ReversalRules {
  const byKey = new Map<string, Reversed>();
  const seen = new Set<bigint>();
  const bookedOut = new Set<string>();
  let statementsSeen = 0;

  const hear = ({ rail, at, text }: Imported): void => {
    for (const one of byKey.values()) {
      if (one.rail === rail && text.includes(one.receipt)) one.toldAt ??= at;
    }
  };
  const untold = (): readonly Reversed[] =>
    [...byKey.values()].filter(({ toldAt }) => toldAt === undefined);

  return {
    learn: (moved, imported) => {
      for (const one of moved) {
        if (one.kind !== 'back') continue;
        byKey.set(keyOf(one), { ...one, toldAt: undefined, isJudged: false });
      }
      for (const statement of imported.slice(statementsSeen)) hear(statement);
      statementsSeen = imported.length;
    },
    compare: (changes, report) => {
      for (const { id, key, amountMinor } of changes) {
        if (seen.has(id)) continue;
        seen.add(id);
        const real = byKey.get(key)?.amountMinor;
        const words = `${formatMoney(amountMinor)} is booked out`;
        if (real === undefined) report('reversal-without-truth', key, words);
        else if (bookedOut.has(key)) report('reversal-without-truth', key, `${words} once more`);
        else if (real !== amountMinor) {
          report('reversal-without-truth', key, `${words}, but ${formatMoney(real)} went back`);
        }
        bookedOut.add(key);
      }
    },
    due: (which, now) =>
      [...byKey].flatMap(([key, { toldAt, isJudged }]) =>
        toldAt !== undefined && now - toldAt >= toBookMs && (which === 'all' || !isJudged)
          ? [key]
          : [],
      ),
    judge: (due, { left, named }, report) => {
      for (const key of due) {
        const one = byKey.get(key);
        if (one === undefined) continue;
        one.isJudged = true;
        const told = `given back at ${isoOf(one.at)}, told of at ${isoOf(one.toldAt ?? 0)}`;
        for (const { account, leftMinor } of left.filter((other) => other.key === key)) {
          const words = `${formatMoney(leftMinor)} in ${account}`;
          report('reversed-is-not-earned', key, `${words}, ${told}`);
        }
        if (!named.has(key)) report('reversed-is-not-earned', key, `no exception says so, ${told}`);
      }
    },
    complainOfUntold: (report) => {
      for (const one of untold()) {
        report('reversed-is-not-earned', keyOf(one), `no statement tells of ${one.receipt}`);
      }
    },
    untoldMinor: (rail) =>
      untold()
        .filter((one) => one.rail === rail)
        .reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  };
}
