import type { EventId } from '#kernel';
import type { EventForm } from '#api/contract';
import type { PublishedEvent } from '#platform/outbox';

import { digestOf } from './event-digest.ts';
import type { Frame } from './event-log.ts';
import { digestText, eventText } from './event-text.ts';

/** Every event in full; a client may go on after each. */
function fullFrame(events: readonly PublishedEvent[]): Frame {
  const texts = events.map((event) => Buffer.from(eventText(event)));
  const ends = new Map<EventId, number>();
  let offset = 0;
  for (const [n, { id }] of events.entries()) {
    offset += texts[n]?.length ?? 0;
    ends.set(id, offset);
  }
  return { bytes: Buffer.concat(texts), events, ends };
}

/** All events as one, under the id of the last: a client has had all of them, or none. */
function digestFrame(events: readonly PublishedEvent[]): Frame {
  const last = events.at(-1);
  if (last === undefined) return { bytes: Buffer.alloc(0), events: [], ends: new Map() };
  const bytes = Buffer.from(digestText(last.id, digestOf(events)));
  return { bytes, events: [], ends: new Map([[last.id, bytes.length]]) };
}

/** Writes what came together, once for all who listen to this form. */
export const frameOf = {
  full: fullFrame,
  digest: digestFrame,
} as const satisfies Record<EventForm, (events: readonly PublishedEvent[]) => Frame>;
