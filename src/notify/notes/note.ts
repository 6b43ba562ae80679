import type {
  BusinessDate,
  EpochMs,
  ExceptionId,
  PaymentId,
  PushDeviceId,
  PushNoteId,
  RailId,
  TransferId,
} from '#kernel';
import type { ExceptionKind } from '#collections';
import type { TargetKind } from '#targets';

import { manners, type Topic } from './topic.ts';

/** What a note tells of: names and kinds, and nothing that a lock screen should not show. */
export type Facts =
  | {
      readonly kind: 'payment';
      readonly paymentId: PaymentId;
      readonly rail: RailId;
      readonly stream: string | null;
      readonly receiptEnd: string;
    }
  | { readonly kind: 'target'; readonly target: TargetKind }
  | {
      readonly kind: 'minimum';
      readonly date: BusinessDate;
      readonly missed: readonly TargetKind[];
    }
  | {
      readonly kind: 'transfer';
      readonly transferId: TransferId;
      readonly rail: RailId;
      readonly end: 'completed' | 'failed' | 'reversed';
    }
  | {
      readonly kind: 'exception';
      readonly exceptionId: ExceptionId;
      readonly exception: ExceptionKind;
      readonly rail: RailId | null;
    }
  | { readonly kind: 'engine'; readonly state: 'started' | 'stopped' }
  | {
      readonly kind: 'breaker';
      readonly rail: RailId;
      readonly state: 'failing' | 'locked-out' | 'closed';
    }
  | { readonly kind: 'storm'; readonly rail: RailId }
  | { readonly kind: 'password'; readonly rail: RailId; readonly daysLeft: number };

/** Something that happened, before anybody is told. */
export interface Happening {
  /** The first of these that a device has chosen tells it. */
  readonly topics: readonly [Topic, ...Topic[]];
  /** A device with this topic is told of it by a happening of its own. */
  readonly unless?: Topic;
  /** What of one topic is about the same thing may be told together. */
  readonly about: string;
  readonly facts: Facts;
  /** Confirmed money; none where nothing is confirmed. */
  readonly amountMinor: bigint;
  readonly at: EpochMs;
}

/** What one device is to be told. */
export interface Note {
  readonly topic: Topic;
  readonly about: string;
  readonly count: number;
  readonly amountMinor: bigint;
  /** Of the newest. */
  readonly facts: Facts;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
}

export interface WaitingNote extends Note {
  readonly deviceId: PushDeviceId;
  readonly dueAt: EpochMs;
  readonly expiresAt: EpochMs;
}

export interface KeptNote extends Note {
  readonly id: PushNoteId;
  readonly deviceId: PushDeviceId;
  readonly expiresAt: EpochMs;
  readonly attempts: number;
}

/** As much of a device as decides what it is told, and when. */
export interface Listener {
  readonly id: PushDeviceId;
  readonly topics: readonly Topic[];
  readonly createdAt: EpochMs;
  /** When a note of each topic last went out. */
  readonly noted: Readonly<Partial<Record<Topic, EpochMs>>>;
}

const topicFor = ({ topics, unless }: Happening, device: Listener): Topic | undefined =>
  unless !== undefined && device.topics.includes(unless)
    ? undefined
    : topics.find((topic) => device.topics.includes(topic));

/** Told together: so many, with the sum, and the newest of them. */
const joined = (known: Note | undefined, next: Note): Note =>
  known === undefined
    ? next
    : {
        ...next,
        count: known.count + next.count,
        amountMinor: known.amountMinor + next.amountMinor,
        firstAt: known.firstAt,
      };

/** What a device is to be told of what happened, each topic's things together. */
export function notesFor(
  device: Listener,
  happenings: readonly Happening[],
  now: EpochMs,
): readonly WaitingNote[] {
  const notes = new Map<string, Note>();
  for (const happening of happenings) {
    const topic = topicFor(happening, device);
    if (topic === undefined || happening.at < device.createdAt) continue;
    const { about, facts, amountMinor, at } = happening;
    const note = { topic, about, count: 1, amountMinor, facts, firstAt: at, lastAt: at };
    const name = `${topic} ${about}`;
    notes.set(name, joined(notes.get(name), note));
  }
  return [...notes.values()].map((note) => {
    const { collectMs, freshMs } = manners[note.topic];
    const quietUntil = (device.noted[note.topic] ?? 0) + collectMs;
    return {
      ...note,
      deviceId: device.id,
      dueAt: collectMs === 0 ? now : Math.max(now, quietUntil),
      expiresAt: note.lastAt + freshMs,
    };
  });
}
