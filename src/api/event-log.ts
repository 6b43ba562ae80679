import type { EventId } from '#kernel';
import type { PublishedEvent } from '#platform/outbox';

/** What is told at once, written out once for all who listen. */
export interface Frame {
  readonly bytes: Buffer;
  /** What is told of one by one; none where it is summed up. */
  readonly events: readonly PublishedEvent[];
  /** Ids a client may go on after, each with how much of the frame is then behind. */
  readonly ends: ReadonlyMap<EventId, number>;
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
  add(frame: Frame): void;
  addText(text: string): void;
  /** Forgets everything: what follows does not follow on what was there. */
  clear(): void;
  at(frame: number): Frame | undefined;
  /** Just after an event that was told; undefined where that is too long ago. */
  after(id: EventId): Place | undefined;
  /** How much was told from this frame on; without end for one that is gone. */
  bytesFrom(frame: number): number;
}

export function createEventLog(bytesMax: number): EventLog {
  const frames = new Map<number, { readonly frame: Frame; readonly startsAt: number }>();
  const places = new Map<EventId, Place>();
  const held = { first: 0, end: 0, startsAt: 0, endsAt: 0 };

  const forgetOldest = (): void => {
    const oldest = frames.get(held.first);
    frames.delete(held.first);
    held.first += 1;
    held.startsAt += oldest?.frame.bytes.length ?? 0;
    for (const id of oldest?.frame.ends.keys() ?? []) places.delete(id);
  };

  const add = (frame: Frame): void => {
    frames.set(held.end, { frame, startsAt: held.endsAt });
    for (const [id, offset] of frame.ends) places.set(id, { frame: held.end, offset });
    held.end += 1;
    held.endsAt += frame.bytes.length;
    while (held.endsAt - held.startsAt > bytesMax && held.first < held.end - 1) forgetOldest();
  };

  return {
    get end() {
      return held.end;
    },
    add,
    addText: (text) => add({ bytes: Buffer.from(text), events: [], ends: new Map() }),
    clear: () => {
      while (held.first < held.end) forgetOldest();
    },
    at: (frame) => frames.get(frame)?.frame,
    after: (id) => places.get(id),
    bytesFrom: (frame) => {
      if (frame >= held.end) return 0;
      const startsAt = frames.get(frame)?.startsAt ?? Number.NEGATIVE_INFINITY;
      return held.endsAt - startsAt;
    },
  };
}
