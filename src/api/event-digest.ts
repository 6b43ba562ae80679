import { decimalOf, floorShillings, isoOf, parseAmountMinor, railIds, type RailId } from '#kernel';
import type { Digest } from '#api/contract';
import type { JsonValue, PublishedEvent } from '#platform/outbox';

import { eventOf } from './event-text.ts';

/** So few are told in full: a quiet shop sees each payment. */
export const toldInFullMax = 20;
/** Of more, a screen shows the last few only; a frame stays within some 4 kB. */
export const newestOfMany = 8;

/** Sums up what came together, at least one event. */
export function digestOf(events: readonly PublishedEvent[]): Digest {
  const topics: Record<string, number> = {};
  const confirmed = { mpesa: { payments: 0, minor: 0n }, airtel: { payments: 0, minor: 0n } };
  let fromAt = Number.POSITIVE_INFINITY;
  let toAt = Number.NEGATIVE_INFINITY;
  for (const event of events) {
    topics[event.topic] = (topics[event.topic] ?? 0) + 1;
    // What committed late is not in the order of its time.
    fromAt = Math.min(fromAt, event.occurredAt);
    toAt = Math.max(toAt, event.occurredAt);
    const money = confirmedBy(event);
    if (money === undefined) continue;
    confirmed[money.rail].payments += 1;
    confirmed[money.rail].minor += money.amountMinor;
  }
  const newest = events.length <= toldInFullMax ? events : events.slice(-newestOfMany);
  return {
    from: isoOf(fromAt),
    to: isoOf(toAt),
    events: events.length,
    topics,
    confirmed: { mpesa: shown(confirmed.mpesa), airtel: shown(confirmed.airtel) },
    newest: newest.map(eventOf),
    omitted: events.length - newest.length,
  };
}

const shown = ({ payments, minor }: { readonly payments: number; readonly minor: bigint }) => ({
  payments,
  amount: floorShillings(minor),
  amountDecimal: decimalOf(minor),
});

interface Confirmed {
  readonly rail: RailId;
  readonly amountMinor: bigint;
}

/** Undefined for other news; what a provider confirmed is told under this one topic only. */
function confirmedBy({ topic, payload }: PublishedEvent): Confirmed | undefined {
  if (topic !== 'payment.confirmed') return undefined;
  const rail = railIds.find((id) => id === payload['rail']);
  const amountMinor = minorOf(payload['amountDecimal'] ?? payload['amount']);
  return rail === undefined || amountMinor === undefined ? undefined : { rail, amountMinor };
}

function minorOf(amount: JsonValue | undefined): bigint | undefined {
  if (typeof amount !== 'string' && typeof amount !== 'number') return undefined;
  const read = parseAmountMinor(amount);
  return read.ok ? read.value : undefined;
}
