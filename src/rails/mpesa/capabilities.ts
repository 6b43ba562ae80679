import { shillings } from '#kernel';
import type { RailCapabilities } from '../rail.ts';

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;

/**
 * Limits from Daraja 3.0 (FAQs, 2025-12) and the press of 2024; the 150,000 and 300,000 that still
 * circulate are older. Waits follow measured timelines: a verdict came after 14–27 s.
 */
export const mpesaCapabilities: RailCapabilities = {
  promptMinor: { min: shillings(1), max: shillings(250_000) },
  payoutMinor: { min: shillings(10), max: shillings(250_000) },
  payoutDailyMaxMinor: shillings(500_000),
  referenceLengthMax: 12,
  descriptionLengthMax: 13,
  promptQueryAfterMs: [
    15 * secondMs,
    25 * secondMs,
    35 * secondMs,
    50 * secondMs,
    70 * secondMs,
    90 * secondMs,
    3 * minuteMs,
    5 * minuteMs,
    10 * minuteMs,
    30 * minuteMs,
    hourMs,
    3 * hourMs,
    12 * hourMs,
    24 * hourMs,
    48 * hourMs,
  ],
  payoutQueryAfterMs: [
    minuteMs,
    3 * minuteMs,
    10 * minuteMs,
    30 * minuteMs,
    hourMs,
    3 * hourMs,
    6 * hourMs,
    12 * hourMs,
    24 * hourMs,
    36 * hourMs,
    48 * hourMs,
  ],
  // Assumed: no lifetime is published, and “not found” itself is known from the community only.
  notFoundFinalAfterMs: 24 * hourMs,
  // A repeated id is refused, but scope and lifetime of that guard are unpublished, and the code of
  // the refusal (`500.002.1001`) also stands for an internal error. v1 payouts carry no id at all.
  payoutIdsGuarded: false,
  queryNamesReceipt: false,
  channels: [
    'stk-result',
    'paybill-confirmation',
    'paybill-validation',
    'payout-result',
    'payout-timeout',
    'status-result',
    'status-timeout',
    'balance-result',
    'balance-timeout',
    'refund-result',
    'refund-timeout',
    'top-up-result',
    'top-up-timeout',
  ],
};
