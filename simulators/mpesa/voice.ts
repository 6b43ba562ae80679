import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Clock } from '#kernel';
import type { Timings } from './config.ts';
import { type GatewayRefusal, refusals } from './refusals.ts';
import type { RequestLog } from './request-log.ts';
import type { WireIds } from './wire-ids.ts';

export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
export type FailureMode = 'refuse-500' | '500' | 'html' | 'reset' | 'hang';

export interface Voice {
  say(exchange: Exchange, answer: { status: number; body: unknown }): FastifyReply;
  refuse(exchange: Exchange, refusal: GatewayRefusal): FastifyReply;
  fail(exchange: Exchange, mode: FailureMode): Promise<FastifyReply>;
}

const htmlPage = `<html><head><title>503 Service Temporarily Unavailable</title></head>
<body><center><h1>503 Service Temporarily Unavailable</h1></center></body></html>`;

export const textOf = (body: unknown): string => (typeof body === 'string' ? body : '');
export const pathOf = (request: FastifyRequest): string => request.url.split('?')[0] ?? '';

interface VoiceDeps {
  readonly clock: Clock;
  readonly ids: WireIds;
  readonly log: RequestLog;
  readonly timings: Timings;
}

/** Every way in which the gateway answers, or does not; each is written down in the log. */
export function createVoice({ clock, ids, log, timings }: VoiceDeps): Voice {
  const note = ({ request }: Exchange, httpStatus: number, responseBody: string): void =>
    log.add({
      method: request.method,
      path: pathOf(request),
      requestBody: textOf(request.body),
      httpStatus,
      responseBody,
    });
  const say: Voice['say'] = (exchange, { status, body }) => {
    const text = JSON.stringify(body);
    note(exchange, status, text);
    return exchange.reply
      .code(status)
      .header('content-type', 'application/json;charset=UTF-8')
      .send(text);
  };
  const refuse: Voice['refuse'] = (exchange, { status, errorCode, errorMessage }) =>
    say(exchange, { status, body: { requestId: ids.requestId(), errorCode, errorMessage } });
  const sayHtml = (exchange: Exchange): FastifyReply => {
    note(exchange, 503, '');
    return exchange.reply.code(503).header('content-type', 'text/html').send(htmlPage);
  };
  const cut = (exchange: Exchange): FastifyReply => {
    note(exchange, 0, '');
    exchange.reply.hijack();
    exchange.reply.raw.socket?.destroy();
    return exchange.reply;
  };
  return {
    say,
    refuse,
    fail: async (exchange, mode) => {
      if (mode === 'html') return sayHtml(exchange);
      if (mode === 'refuse-500' || mode === '500') return refuse(exchange, refusals.internal);
      if (mode === 'hang') await clock.sleep(timings.hangMs);
      return cut(exchange);
    },
  };
}
