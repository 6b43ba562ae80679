import { createECDH } from 'node:crypto';

import { invariant, Secret, type Clock } from '#kernel';
import type { Database } from '#platform/db';

import type { Subscription } from '../devices/device.ts';
import type { Told } from '../notes/text.ts';
import type { Urgency } from '../notes/topic.ts';
import { deliveryOf, type Delivery } from './answer.ts';
import type { PushLine } from './client.ts';
import type { KeyStore, ServerKeys } from './store.ts';

export interface Letter extends Told {
  /** Another note with the same tag takes its place on the screen. */
  readonly tag: string;
}

export interface Postage {
  readonly urgency: Urgency;
  /** How long the service keeps it for a device that is off. */
  readonly keptMs: number;
}

export interface SenderDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly line: PushLine;
  readonly keys: KeyStore;
  /** Whom a push service may write to about us: an https or mailto address. */
  readonly contact: string;
}

const timeoutMs = 10_000;
/** RFC 8291, section 4: what every service takes. */
const letterBytesMax = 3_993;
const keyBytes = { p256dh: 65, auth: 16 };

/** Most owners let nobody write to them: it is loaded with the first letter. */
const loadWebPush = async () => (await import('web-push')).default;

/** Whether a note can be encrypted to these keys of a browser. */
export function areKeysGood({ p256dh, auth }: Subscription['keys']): boolean {
  const point = Buffer.from(p256dh, 'base64url');
  if (point.length !== keyBytes.p256dh) return false;
  if (Buffer.from(auth, 'base64url').length !== keyBytes.auth) return false;
  const ours = createECDH('prime256v1');
  ours.generateKeys();
  try {
    ours.computeSecret(point);
    return true;
  } catch {
    return false;
  }
}

/** Encrypts a note to its device (RFC 8291), signs for us (RFC 8292) and hands it over. */
export function createSender(deps: SenderDeps) {
  const { database, clock, line, keys } = deps;
  let known: ServerKeys | undefined;

  const keysOf = async (): Promise<ServerKeys> => {
    known ??= await keys.find(database.executor);
    if (known !== undefined) return known;
    const made = (await loadWebPush()).generateVAPIDKeys();
    const fresh = { publicKey: made.publicKey, privateKey: new Secret(made.privateKey) };
    await keys.insert(database.executor, fresh, clock.now());
    known = await keys.find(database.executor);
    invariant(known !== undefined, 'keys that were kept can be read');
    return known;
  };

  return {
    publicKey: async (): Promise<string> => (await keysOf()).publicKey,

    send: async (
      subscription: Subscription,
      letter: Letter,
      { urgency, keptMs }: Postage,
    ): Promise<Delivery> => {
      const { publicKey, privateKey } = await keysOf();
      const text = JSON.stringify(letter);
      invariant(Buffer.byteLength(text) <= letterBytesMax, 'a note is short');
      const {
        endpoint: url,
        headers,
        body,
      } = (await loadWebPush()).generateRequestDetails(
        { ...subscription, keys: { ...subscription.keys } },
        text,
        {
          vapidDetails: {
            subject: deps.contact,
            publicKey,
            privateKey: privateKey.reveal(),
          },
          TTL: Math.max(0, Math.ceil(keptMs / 1000)),
          urgency,
          contentEncoding: 'aes128gcm',
        },
      );
      return deliveryOf(await line.send({ url, headers: headersOf(headers), body, timeoutMs }));
    },
  };
}

export type Sender = ReturnType<typeof createSender>;

const headersOf = (headers: object): Readonly<Record<string, string | number>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, value]] : [],
    ),
  );
