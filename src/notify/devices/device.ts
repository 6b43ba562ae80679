import type { EpochMs, PushDeviceId } from '#kernel';

import type { Listener } from '../notes/note.ts';
import type { Language, Topic } from '../notes/topic.ts';

/** Where a note goes and the keys it is encrypted to, as the browser gave them (RFC 8291). */
export interface Subscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

/** A browser that the owner wants told. */
export interface Device extends Listener {
  readonly id: PushDeviceId;
  /** Whose service brings its notes: `Google`. */
  readonly service: string;
  /** `Chrome on Android` */
  readonly label: string;
  readonly language: Language;
  readonly topics: readonly Topic[];
  readonly createdAt: EpochMs;
  readonly deliveredAt: EpochMs | undefined;
  /** Since the last note that was taken. */
  readonly failures: number;
  readonly failedAt: EpochMs | undefined;
  readonly failure: string | undefined;
  readonly retryAt: EpochMs | undefined;
}

export const devicesMax = 20;

const pauseMs = { first: 30_000, longest: 60 * 60 * 1000 };
/** A service that asks for more is not heard: by then it is asked again. */
const askedPauseMsMax = 24 * 60 * 60 * 1000;

/** How long a device is left alone after so many failures in a row. */
export function pauseAfter(failures: number, askedMs: number | undefined): number {
  const own = Math.min(pauseMs.longest, pauseMs.first * 2 ** Math.max(0, failures - 1));
  return Math.max(own, Math.min(askedMs ?? 0, askedPauseMsMax));
}
