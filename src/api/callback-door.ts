import type { IncomingMessage, ServerResponse } from 'node:http';

import { callbackChannels, type CallbackChannel } from '#rails';
import type { Delivery, Intake, Receipt } from '#intake';
import type { Log } from '#platform/log';
import proxyAddr from '@fastify/proxy-addr';

import type { callbackRefusals } from './callback-refusals.ts';
import { securityHeaders, transportSecurity } from './security-headers.ts';

export interface CallbackDoor {
  /** What a request is for; undefined where it is no callback, or written in an unusual way. */
  addressOf(request: IncomingMessage): CallbackAddress | undefined;
  /** Reads the whole body, waits until it is safe, and answers. */
  take(address: CallbackAddress, request: IncomingMessage, response: ServerResponse): void;
}

export interface CallbackAddress {
  readonly channel: CallbackChannel;
  readonly token: string;
}

const callbackBytesMax = 64 * 1024;

const channels: ReadonlyMap<string, CallbackChannel> = new Map(
  callbackChannels.map((name) => [name, name]),
);
const hooks = '/hooks/';
const answerType = 'application/json; charset=utf-8';

// Names and values in turn, as Node writes them out: no object is put together for each answer.
const plainHeaders = Object.entries(securityHeaders).flat();
const encryptedHeaders = [...plainHeaders, ...Object.entries(transportSecurity).flat()];

interface DoorDeps {
  readonly intake: Pick<Intake, 'receive'>;
  readonly log: Log;
  readonly trustedProxies: readonly string[];
  readonly nextRequestId: () => string;
}

/** Whence a request came, and how it is answered, past the framework. */
function createCounter({ trustedProxies, nextRequestId }: DoorDeps) {
  const isTrusted = proxyAddr.compile([...trustedProxies]);

  const isEncrypted = ({ socket, headers }: IncomingMessage): boolean =>
    headers['x-forwarded-proto'] === 'https' && isTrusted(socket.remoteAddress ?? '', 0);

  const answer = (
    { request, response }: Exchange,
    reply: { readonly status: number; readonly body: string; readonly type: string },
    more: Readonly<Record<string, string>> = {},
  ): void => {
    response.writeHead(reply.status, [
      ...(isEncrypted(request) ? encryptedHeaders : plainHeaders),
      ...Object.entries(more).flat(),
      'content-type',
      reply.type,
      'content-length',
      String(Buffer.byteLength(reply.body)),
    ]);
    response.end(reply.body);
  };

  return {
    sourceOf: (request: IncomingMessage): string =>
      trustedProxies.length === 0
        ? (request.socket.remoteAddress ?? '')
        : proxyAddr(request, isTrusted),

    answer,

    /** What problems are made of is large, and loaded with the first of them. */
    refuse: async (exchange: Exchange, why: keyof typeof callbackRefusals): Promise<void> => {
      const { callbackRefusals, problemContentType } = await import('./callback-refusals.ts');
      const problem = callbackRefusals[why]();
      const { statusCode: status, headers } = problem;
      const body = JSON.stringify(problem.bodyFor(nextRequestId()));
      answer(exchange, { status, body, type: problemContentType }, headers);
    },
  };
}

/**
 * Where providers report to. Money is never refused over form: whatever comes is taken as bytes,
 * under any content type or none, and only answered once it is safe. Callbacks come by the
 * thousand and need nothing of what the framework does for every request, so they are taken in
 * front of it.
 */
export function createCallbackDoor(deps: DoorDeps): CallbackDoor {
  const { intake, log } = deps;
  const { sourceOf, answer, refuse } = createCounter(deps);

  /** Whatever befalls intake, the sender hears that nothing was kept. */
  const receive = async (delivery: Delivery): Promise<Receipt> => {
    try {
      return await intake.receive(delivery);
    } catch (error) {
      log.error({ err: error, channel: delivery.channel }, 'a callback could not be taken');
      return 'cannot-keep';
    }
  };

  const pass = async (
    { channel, token }: CallbackAddress,
    exchange: Exchange,
    body: Buffer,
  ): Promise<void> => {
    const source = sourceOf(exchange.request);
    const receipt = await receive({ channel, token, body, source });
    if (typeof receipt !== 'string') {
      answer(exchange, { status: receipt.statusCode, body: receipt.body, type: answerType });
      return;
    }
    log.warn({ channel, source, bytes: body.length, why: receipt }, 'callback turned away');
    await refuse(exchange, receipt);
  };

  return {
    addressOf: ({ method, url }) => {
      if (method !== 'POST' || url?.startsWith(hooks) !== true) return undefined;
      const [name = '', token = '', ...more] = url.slice(hooks.length).split('/');
      const channel = channels.get(name);
      if (channel === undefined || token === '' || more.length > 0) return undefined;
      return isPlain(token) ? { channel, token } : undefined;
    },

    take: (address, request, response) => {
      const exchange = { request, response };
      const parts: Buffer[] = [];
      let bytes = 0;
      const stop = (): void => {
        request.removeAllListeners('data').removeAllListeners('end');
        response.once('finish', () => request.destroy());
        void refuse(exchange, 'too-large');
      };
      request.on('data', (part: Buffer) => {
        bytes += part.length;
        parts.push(part);
        if (bytes > callbackBytesMax) stop();
      });
      request.on('error', () => response.destroy());
      request.on('end', () => {
        const [only] = parts;
        const isOne = only !== undefined && parts.length === 1;
        void pass(address, exchange, isOne ? only : Buffer.concat(parts));
      });
    },
  };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Neither a query nor an escape in it: those go the framework's way, which reads them. */
const isPlain = (token: string): boolean => /^[\w.~-]{1,256}$/.test(token);
