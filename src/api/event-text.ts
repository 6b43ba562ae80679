import { isoOf, type EventId } from '#kernel';
import type { PublishedEvent } from '#platform/outbox';
import type { Digest, Event, Status } from '#api/contract';

/** The wire form of server-sent events (WHATWG HTML, section 9.2). */

export const eventOf = (event: PublishedEvent): Event => ({
  id: event.id,
  topic: event.topic,
  occurredAt: isoOf(event.occurredAt),
  payload: { ...event.payload },
});

// JSON text has no line break of its own, so one data line carries it whole.
export const eventText = (event: PublishedEvent): string =>
  `id: ${event.id}\nevent: ${event.topic}\ndata: ${JSON.stringify(eventOf(event))}\n\n`;

/** Under the id of the last event in it, so that a client resumes after all of them. */
export const digestText = (lastId: EventId, digest: Digest): string =>
  `id: ${lastId}\nevent: digest\ndata: ${JSON.stringify(digest)}\n\n`;

/** Without an id, so that a client resumes from the last event and not from a snapshot. */
export const statusText = (status: Status): string =>
  `event: status\ndata: ${JSON.stringify(status)}\n\n`;

/** More happened while the client was away than is told again: the next snapshot has it all. */
export const gapText = 'event: gap\ndata: {}\n\n';

export const beatText = ': beat\n\n';

export const retryText = (retryMs: number): string => `retry: ${retryMs}\n\n`;
