import { unreachable, type Clock } from '#kernel';
import type { Audit } from '#audit';
import type { Database } from '#platform/db';

import { pauseAfter } from '../devices/device.ts';
import type { DeviceStore } from '../devices/store.ts';
import type { Delivery } from '../sending/answer.ts';
import type { Sender } from '../sending/service.ts';
import type { ClaimedNote, NoteStore } from './store.ts';
import { tellOf } from './text.ts';
import { manners } from './topic.ts';

const atOnceMax = 20;
/** Several times as long as a note takes to send at most. */
const claimMs = 60_000;
const attemptsMax = 8;

export interface PostmanDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly devices: DeviceStore;
  readonly notes: NoteStore;
  readonly sender: Sender;
}

/** Sends what is due, and keeps what became of it. */
export function createPostman(deps: PostmanDeps) {
  const { database, clock, devices, notes } = deps;

  const send = (note: ClaimedNote): Promise<Delivery> =>
    deps.sender.send(
      devices.unseal(note.deviceId, note.sealed),
      { ...tellOf(note, note.language), tag: `${note.topic}-${note.id}` },
      { urgency: manners[note.topic].urgency, keptMs: note.expiresAt - clock.now() },
    );

  const keep = async (note: ClaimedNote, delivery: Delivery): Promise<void> => {
    const { id, deviceId } = note;
    const at = clock.now();
    await database.transaction(async (tx) => {
      switch (delivery.kind) {
        case 'taken':
          await notes.done(tx, id);
          await devices.delivered(tx, deviceId, at);
          break;
        case 'gone':
          await removeGone(deps, tx, { deviceId, why: delivery.why });
          break;
        case 'refused':
          await notes.done(tx, id);
          await devices.failed(tx, deviceId, { why: delivery.why, at, retryAt: undefined });
          break;
        case 'later':
        case 'lost': {
          const asked = delivery.kind === 'later' ? delivery.retryAfterMs : undefined;
          const retryAt = at + pauseAfter(note.failures + 1, asked);
          const heard = delivery.kind === 'later';
          if (note.attempts >= attemptsMax) await notes.done(tx, id);
          else await notes.again(tx, id, { at: retryAt, heard });
          await devices.failed(tx, deviceId, { why: delivery.why, at, retryAt });
          break;
        }
        default:
          unreachable(delivery, 'delivery');
      }
    });
  };

  return {
    /** Answers how many notes were sent, whatever became of them. */
    deliver: async (): Promise<number> => {
      const now = clock.now();
      await notes.drop(database.executor, now);
      const claimed = await notes.claim(database.executor, {
        now,
        until: now + claimMs,
        limit: atOnceMax,
      });
      const ends = await Promise.allSettled(
        claimed.map(async (note) => keep(note, await send(note))),
      );
      const failed = ends.find((end) => end.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
      return claimed.length;
    },
  };
}

/** The browser gave it up: whoever uses it sees it switched off there. */
export async function removeGone(
  { audit, devices }: Pick<PostmanDeps, 'audit' | 'devices'>,
  tx: Parameters<Audit['record']>[0],
  gone: { readonly deviceId: ClaimedNote['deviceId']; readonly why: string },
): Promise<void> {
  const removed = await devices.remove(tx, gone.deviceId);
  if (removed === undefined) return;
  await audit.record(tx, {
    actor: { kind: 'engine', part: 'notify' },
    action: 'push-device.removed',
    subject: `push-device:${gone.deviceId}`,
    detail: { label: removed.label, service: removed.service, reason: gone.why },
  });
}
