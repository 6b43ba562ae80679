import { invariant } from '#kernel';
import type { RailCapabilities } from '../rail.ts';
import type { AirtelConfig } from './config.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Portals of Kenya, Zambia, Chad and Madagascar ask for three minutes before an enquiry. */
const usualFirstEnquiryMs = 3 * minuteMs;

const laterEnquiriesMs: readonly number[] = [
  4 * minuteMs,
  6 * minuteMs,
  10 * minuteMs,
  20 * minuteMs,
  60 * minuteMs,
  24 * hourMs,
  48 * hourMs,
  72 * hourMs,
];

/**
 * When to ask, counted from submission. Where asking sooner than three minutes is allowed, the
 * waits double up to there; a longer first wait leaves the steps before it out.
 */
export function enquiryTimesMs(firstMs: number): readonly number[] {
  invariant(firstMs >= 1, 'an enquiry comes after the submission');
  const early: number[] = [];
  for (let atMs = firstMs; atMs < usualFirstEnquiryMs; atMs *= 2) early.push(atMs);
  const first = early.length === 0 ? [firstMs] : early;
  const later = [usualFirstEnquiryMs, ...laterEnquiriesMs];
  return [...first, ...later.filter((atMs) => atMs > (first.at(-1) ?? 0))];
}

export function airtelCapabilities(
  config: Pick<
    AirtelConfig,
    'firstEnquiryDelayMs' | 'transactionMinMinor' | 'transactionMaxMinor' | 'payoutDailyMaxMinor'
  >,
): RailCapabilities {
  const range = { min: config.transactionMinMinor, max: config.transactionMaxMinor };
  const enquiries = enquiryTimesMs(config.firstEnquiryDelayMs);
  return {
    promptMinor: range,
    payoutMinor: range,
    payoutDailyMaxMinor: config.payoutDailyMaxMinor,
    referenceLengthMax: 25,
    // Prompts carry no description; a payout's remarks travel as its reference, 64 at most.
    descriptionLengthMax: 64,
    promptQueryAfterMs: enquiries,
    payoutQueryAfterMs: enquiries,
    notFoundFinalAfterMs: 15 * minuteMs,
    // Unique per application without expiry: a late original makes the repeat a mere duplicate.
    payoutIdsGuarded: true,
    queryNamesReceipt: true,
    channels: ['airtel-result'],
  };
}
