import { dayMs, isoOf, nairobiHourOf, type EpochMs } from '#kernel';

import type { Act } from '../town.ts';
import type { Asked, PromptEnd, Truth } from './truth.ts';
import type { Report } from './violation.ts';

export interface ConsentRules {
  check(asked: readonly Asked[], report: Report): void;
}

/** From the decision to the provider: a token may have to be fetched first. */
const onTheWayMs = 2 * 60 * 1000;
const actValidMs = 10 * 60 * 1000;
const perDayMax = 3;
/** Within this time of being knowable the engine must know of a refusal. */
const toKnowMs = 15 * 60 * 1000;

/**
 * The etiquette, once more and in other words: from what the providers were asked, what happened on
 * the phones and what people did, and from nothing that the engine says.
 */
export function createConsentRules(deps: {
  readonly acts: readonly Act[];
  readonly truth: Truth;
  /** Since when a refusal on the rail has been knowable without a break; undefined: it is not. */
  readonly goodSince: (rail: Asked['rail']) => EpochMs | undefined;
}): ConsentRules {
  const byPhone = new Map<string, Asked[]>();

  const consentsFor = ({ msisdn, reference, at }: Asked): readonly Act[] =>
    deps.acts.filter(
      (act) =>
        act.phone === msisdn &&
        act.at <= at &&
        (act.reference === undefined || act.reference === reference),
    );

  const isStanding = ({ basis }: Act): boolean => basis === 'standing';
  const isValid = (act: Act, at: EpochMs): boolean => {
    if (act.basis === 'payer-act') return at - act.at <= actValidMs + onTheWayMs;
    const hour = nairobiHourOf(at);
    const plannedHour = nairobiHourOf(at - onTheWayMs);
    return hour >= 7 && (hour < 21 || plannedHour < 21);
  };

  const checkOne = (prompt: Asked, report: Report): void => {
    const { rail, msisdn, at, id } = prompt;
    const about = `${rail} ${id}`;
    const valid = consentsFor(prompt).filter((act) => isValid(act, at));
    if (valid.length === 0) report('consent', about, `nobody on ${msisdn} asked for it`);
    const ends = deps.truth.endsOn(rail, msisdn);
    const before = byPhone.get(msisdn) ?? [];
    const open = before.find(
      (other) => !ends.some((end) => end.id === other.id && end.at <= at) && at - other.at < dayMs,
    );
    if (open !== undefined) {
      report('one-prompt-at-a-time', about, `${open.id} of ${isoOf(open.at)} was still there`);
    }
    const lastDay = before.filter((other) => other.at > at - dayMs + onTheWayMs);
    if (lastDay.length >= perDayMax) {
      report('three-prompts-a-day', about, `the ${lastDay.length + 1}th to ${msisdn} in a day`);
    }
    const good = deps.goodSince(rail) ?? Infinity;
    const refusalSince = (act: Act): PromptEnd | undefined =>
      ends.find((end) => {
        if (!end.isRefusal || end.at < act.at || end.at >= at) return false;
        // Nobody asks again within ten minutes on an act; a standing consent outlasts an outage.
        return !isStanding(act) || Math.max(end.at, good) + toKnowMs < at;
      });
    const refusals = valid.map((act) => ({ act, end: refusalSince(act) }));
    if (valid.length > 0 && refusals.every(({ end }) => end !== undefined)) {
      const words = refusals.map(
        ({ act, end }) =>
          `${act.basis} of ${isoOf(act.at)}, refused at ${isoOf(end?.at ?? 0)} (${end?.id})`,
      );
      report('refused-is-refused', about, `${msisdn}: ${words.join('; ')}`);
    }
  };

  return {
    check: (asked, report) => {
      for (const prompt of asked.toSorted((a, b) => a.at - b.at)) {
        checkOne(prompt, report);
        byPhone.set(prompt.msisdn, [...(byPhone.get(prompt.msisdn) ?? []), prompt]);
      }
    },
  };
}
