import { Socket } from 'node:net';

import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Context, happens } from './context.ts';
import { type Answer, envelopeA, envelopeC } from './envelopes.ts';
import { esb, router } from './codes.ts';
import type { LossMode, OutageMode } from './knobs.ts';

/** What is done with a request: it is answered, answered late, or its connection is the answer. */
export type Delivery =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'slow'; readonly answer: Answer }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' };

const html = (httpStatus: number, title: string): Answer => ({
  httpStatus,
  body: `<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

// Sheet §6.3 (documented): the request may have been accepted all the same.
const connectionTimeout = envelopeC('CONNECTION_TIMEOUT', 'I/O Exception', 408);

// Sheet §6.3 (documented); the codes beside the text are assumed.
const somethingWrong = envelopeA(
  { code: '500', message: 'Something Went Wrong', result: esb.somethingWrong, success: false },
  { httpStatus: 500 },
);

const losses: Readonly<Record<LossMode, (answer: Answer) => Delivery>> = {
  '408': () => ({ kind: 'answer', answer: connectionTimeout }),
  '502-html': () => ({ kind: 'answer', answer: html(502, 'Bad Gateway') }),
  '504-html': () => ({ kind: 'answer', answer: html(504, 'Gateway Time-out') }),
  'empty-200': () => ({ kind: 'answer', answer: { httpStatus: 200, body: '' } }),
  slow: (answer) => ({ kind: 'slow', answer }),
  reset: () => ({ kind: 'reset' }),
  hang: () => ({ kind: 'hang' }),
};

/** Puts what the network does in the place of the true answer. */
export const lose = (mode: LossMode, answer: Answer): Delivery => losses[mode](answer);

/** The switch, or else the window that this moment lies in. */
function outageNow({ clock, knobs }: Context): OutageMode {
  const { outage, outageWindows } = knobs();
  if (outage !== 'off') return outage;
  const now = clock.now();
  return outageWindows.find(({ fromAt, toAt }) => fromAt <= now && now < toAt)?.mode ?? 'off';
}

/** What stands before every wire request: outages, rate limits, access refused. */
export function obstacle(context: Context, isTokenCall: boolean): Delivery | undefined {
  const { rateLimit, refuseAccess } = context.knobs();
  const outage = outageNow(context);
  if (outage === 'hang') return { kind: 'hang' };
  if (outage === 'html') return { kind: 'answer', answer: html(503, 'Service Unavailable') };
  if (outage === 'refuse-500') return { kind: 'answer', answer: somethingWrong };
  if (happens(context, rateLimit)) {
    // No published rate and no published body (sheet §11.4): assumed.
    return { kind: 'answer', answer: envelopeC('429', 'Too Many Requests', 429) };
  }
  if (refuseAccess === 'ip' || (refuseAccess === 'product' && !isTokenCall)) {
    // The exact bodies are not documented (sheet §18.3): assumed.
    return { kind: 'answer', answer: envelopeC(router.notAuthorised, 'Not authorised', 403) };
  }
  return undefined;
}

const contentTypeOf = (body: unknown): string =>
  typeof body === 'string' && body !== '' ? 'text/html' : 'application/json;charset=UTF-8';

const send = (reply: FastifyReply, { httpStatus, body }: Answer): FastifyReply =>
  reply
    .code(httpStatus)
    .type(contentTypeOf(body))
    .send(typeof body === 'string' ? body : JSON.stringify(body));

export interface Exchange {
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** An injected request has no connection to cut; its answer is broken off instead. */
function cutOff({ request, reply }: Exchange, how: 'reset' | 'close'): void {
  const { socket } = request.raw;
  if (!(socket instanceof Socket)) reply.raw.destroy(new Error('connection cut off'));
  else if (how === 'reset') socket.resetAndDestroy();
  else socket.destroy();
}

export async function deliver(exchange: Exchange, delivery: Delivery): Promise<FastifyReply> {
  const { context, request, reply } = exchange;
  const { clock, config } = context;
  if (delivery.kind === 'answer') return send(reply, delivery.answer);
  if (delivery.kind === 'slow') {
    await clock.sleep(config.timings.slowMs);
    return send(reply, delivery.answer);
  }
  reply.hijack();
  if (delivery.kind === 'reset') {
    cutOff(exchange, 'reset');
    return reply;
  }
  const cut = clock.after(config.timings.hangMsMax, () => cutOff(exchange, 'close'));
  request.raw.socket.once('close', () => cut.cancel());
  return reply;
}
