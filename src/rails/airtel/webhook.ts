import { isUtf8 } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '#kernel';
import type { CallbackAnswer, CallbackChannel, CallbackReading, RawCallback } from '../rail.ts';
import { hashRenderings, type AirtelConfig, type HashRendering } from './config.ts';
import { renderingsOf } from './renderings.ts';
import { ownIdHintOf } from './translate.ts';
import { callbackShape } from './wire.ts';

/** Real callbacks stay under 1 KiB. */
const callbackBytesMax = 65_536;

const unreadable = (why: string): CallbackReading => ({ kind: 'unreadable', why });

/** HMAC-SHA256 keyed with the UTF-8 bytes of the portal's “private key”, base64. */
const hashOf = (text: string, key: Secret<string>): Buffer =>
  createHmac('sha256', Buffer.from(key.reveal(), 'utf8')).update(text, 'utf8').digest();

/**
 * Which rendering of the body the hash was made over; undefined where none fits. All of them are
 * tried, each compared in constant time: every one is keyed, so trying several weakens nothing.
 */
export function renderingThatFits(callback: {
  readonly json: string;
  readonly hash: string;
  readonly key: Secret<string>;
  readonly only?: HashRendering | undefined;
}): HashRendering | undefined {
  const given = Buffer.from(callback.hash, 'base64');
  const renderings = renderingsOf(callback.json);
  const fitting = hashRenderings.filter((rendering) => {
    const text = renderings.get(rendering);
    if (text === undefined) return false;
    const expected = hashOf(text, callback.key);
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return callback.only === undefined
    ? fitting[0]
    : fitting.find((rendering) => rendering === callback.only);
}

export interface WebhookDeps {
  readonly config: Pick<AirtelConfig, 'callbackHashKey' | 'pinnedHashRendering'>;
  /** Told which rendering a hash fitted, so that the owner can pin it. */
  readonly onHashRendering?: ((rendering: HashRendering) => void) | undefined;
}

function readJson(text: string): { readonly json: unknown } | undefined {
  try {
    return { json: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Reads a callback's bytes; whatever they are, it answers and never throws. */
export function createReadCallback({
  config,
  onHashRendering,
}: WebhookDeps): (callback: RawCallback) => CallbackReading {
  const authenticate = (json: string, hash: string | undefined): boolean => {
    const { callbackHashKey: key, pinnedHashRendering: only } = config;
    if (key === undefined || hash === undefined) return false;
    const rendering = renderingThatFits({ json, hash, key, only });
    if (rendering !== undefined) onHashRendering?.(rendering);
    return rendering !== undefined;
  };
  return ({ channel, body }) => {
    if (channel !== 'airtel-result') return unreadable('not a channel of Airtel Money');
    if (body.byteLength > callbackBytesMax) return unreadable(`over ${callbackBytesMax} bytes`);
    if (!isUtf8(body)) return unreadable('not UTF-8');
    const text = body.toString('utf8');
    const parsed = readJson(text);
    if (parsed === undefined) return unreadable('not JSON');
    const callback = callbackShape.safeParse(parsed.json);
    if (!callback.success) return unreadable('not an Airtel callback');
    const event = ownIdHintOf(callback.data, authenticate(text, callback.data.hash));
    return event === undefined ? unreadable('no transaction id') : { kind: 'event', event };
  };
}

const received: CallbackAnswer = {
  statusCode: 200,
  body: JSON.stringify({ code: 200, status: 'SUCCESS' }),
};

/** Probably never sent again (one source says so), so whatever is safe on disk is received. */
export const acknowledge = (channel: CallbackChannel): CallbackAnswer =>
  channel === 'airtel-result' ? received : { statusCode: 404, body: '' };
