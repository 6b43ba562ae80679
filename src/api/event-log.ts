import type { EventId } from '#kernel';
import type { PublishedEvent } from '#platform/outbox';

import { eventText } from './event-text.ts';

/** What is told at once, written out once for all who listen. */
export interface Frame {
  readonly bytes: Buffer;
  readonly events: readonly PublishedEvent[];
}

/** A place in the log: a frame by its number, and how much of it is behind. */
export interface Place {
  readonly frame: number;
  readonly offset: number;
}

/** The last frames, in the order in which they were told; everybody is somewhere in it. */
export interface EventLog {
  /** The number of the next frame. */
  readonly end: number;
  add(events: readonly PublishedEvent[]): void;
  addText(text: string): void;
  /** Forgets everything: what follows does not follow on what was there. */
  clear(): void;
  at(frame: number): Frame | undefined;
  /** Just after an event that was told; undefined where that is too long ago. */
  after(id: EventId): Place | undefined;
}

export function createEventLog(bytesMax: number): EventLog {
  const frames = new Map<number, Frame>();
  const places = new Map<EventId, Place>();
  const held = { first: 0, end: 0, bytes: 0 };

  const forgetOldest = (): void => {
    const oldest = frames.get(held.first);
    frames.delete(held.first);
    held.first += 1;
    held.bytes -= oldest?.bytes.length ?? 0;
    for (const { id } of oldest?.events ?? []) places.delete(id);
  };

  const append = (frame: Frame): void => {
    frames.set(held.end, frame);
    held.end += 1;
    held.bytes += frame.bytes.length;
    while (held.bytes > bytesMax && held.first < held.end - 1) forgetOldest();
  };

  return {
    get end() {
      return held.end;
    },
    add: (events) => {
      const texts = events.map((event) => Buffer.from(eventText(event)));
      let offset = 0;
      for (const [n, { id }] of events.entries()) {
        offset += texts[n]?.length ?? 0;
        places.set(id, { frame: held.end, offset });
      }
      append({ bytes: Buffer.concat(texts), events });
    },
    addText: (text) => append({ bytes: Buffer.from(text), events: [] }),
    clear: () => {
      while (held.first < held.end) forgetOldest();
    },
    at: (frame) => frames.get(frame),
    after: (id) => places.get(id),
  };
}
