import {
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  verify,
  type ECDH,
} from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { ok } from '#kernel';

import type { Subscription } from './devices/device.ts';
import type { ReadEndpoint } from './devices/endpoint.ts';

/** A note as the push service got it. */
export interface Received {
  readonly path: string;
  readonly ttl: number;
  readonly urgency: string;
  readonly subject: string;
  readonly body: Buffer;
}

export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Takes it and cuts the line. */
  | 'cut';

export interface PushService {
  readonly url: string;
  readonly received: Received[];
  /** What is answered from now on; 201 unless something else is said. */
  answer: (request: Received) => Answer;
  close(): Promise<void>;
}

const jwtAgeSecondsMax = 24 * 60 * 60;

/** A push service on this machine: checks who sends (RFC 8292), counts, and opens nothing. */
export async function startPushService(): Promise<PushService> {
  const received: Received[] = [];
  const server = createServer((request, response) => void take(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it listens on a port');
  const url = `http://127.0.0.1:${address.port}`;
  const service: PushService = {
    url,
    received,
    answer: () => ({ status: 201 }),
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };

  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const subject = subjectOf(String(request.headers.authorization), url);
    if (subject === undefined) {
      response.writeHead(403).end('not signed');
      return;
    }
    const one: Received = {
      path: request.url ?? '',
      ttl: Number(request.headers['ttl']),
      urgency: String(request.headers['urgency']),
      subject,
      body: Buffer.concat(chunks),
    };
    received.push(one);
    const answer = service.answer(one);
    if (answer === 'cut') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end();
  };
  return service;
}

const json = (part: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** Whom a push service may write to, where the signature is good and meant for it. */
function subjectOf(authorization: string, audience: string): string | undefined {
  const match = /^vapid t=([^.]+)\.([^.]+)\.([^,]+), k=(\S+)$/.exec(authorization);
  if (match === null) return undefined;
  const [, head = '', claims = '', signature = '', key = ''] = match;
  const point = Buffer.from(key, 'base64url');
  const publicKey = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  });
  const isSigned = verify(
    'sha256',
    Buffer.from(`${head}.${claims}`),
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
  const { aud, exp, sub } = json(claims);
  const nowSeconds = Math.floor(performance.timeOrigin + performance.now()) / 1000;
  const isFresh =
    typeof exp === 'number' && exp > nowSeconds && exp <= nowSeconds + jwtAgeSecondsMax;
  return isSigned && isFresh && aud === audience ? String(sub) : undefined;
}

/** A browser that has subscribed with that service. */
export interface TestBrowser {
  readonly subscription: Subscription;
  /** The note, as the service worker reads it (RFC 8291, RFC 8188). */
  open(body: Buffer): {
    readonly title: string;
    readonly body: string;
    readonly tag: string;
    readonly path: string;
  };
}

export function createTestBrowser(service: Pick<PushService, 'url'>, name: string): TestBrowser {
  const own = createECDH('prime256v1');
  const p256dh = own.generateKeys();
  const auth = randomBytes(16);
  return {
    subscription: {
      endpoint: `${service.url}/${name}`,
      keys: { p256dh: p256dh.toString('base64url'), auth: auth.toString('base64url') },
    },
    open: (body) => JSON.parse(decrypt(body, { own, auth })),
  };
}

function decrypt(body: Buffer, keys: { readonly own: ECDH; readonly auth: Buffer }): string {
  const salt = body.subarray(0, 16);
  const senderLength = body[20] ?? 0;
  const sender = body.subarray(21, 21 + senderLength);
  const sealed = body.subarray(21 + senderLength);
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), keys.own.getPublicKey(), sender]);
  const shared = keys.own.computeSecret(sender);
  const secret = Buffer.from(hkdfSync('sha256', shared, keys.auth, info, 32));
  const of = (name: string, length: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secret, salt, `Content-Encoding: ${name}\0`, length));
  const [key, nonce] = [of('aes128gcm', 16), of('nonce', 12)];
  const opening = createDecipheriv('aes-128-gcm', key, nonce);
  opening.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([opening.update(sealed.subarray(0, -16)), opening.final()]);
  return padded.subarray(0, padded.lastIndexOf(2)).toString('utf8');
}

export const readTestEndpoint: ReadEndpoint = () => ok({ service: 'Test' });
