import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Clock } from '#kernel';

export interface OutboundRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs: number;
}
export interface OutboundReply {
  readonly status: number;
  readonly body: string;
}

/** Sends one POST; rejects when there is no complete answer in time. */
export type Post = (request: OutboundRequest) => Promise<OutboundReply>;

const replyBytesMax = 64 * 1024;

function collect(response: IncomingMessage, done: (reply: OutboundReply) => void): void {
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    // The rest is read and thrown away: nobody needs a longer answer.
    if (body.length < replyBytesMax) body += chunk;
  });
  response.on('end', () => done({ status: response.statusCode ?? 0, body }));
}

/**
 * A fresh connection for every callback: a kept one that the receiver has just closed would lose a
 * callback that is sent only once. Certificates of the test's own making are taken.
 */
export const createHttpPost =
  (clock: Clock): Post =>
  ({ url, headers, body, timeoutMs }) =>
    new Promise((resolve, reject) => {
      const options: RequestOptions = {
        method: 'POST',
        agent: false,
        headers: {
          'content-type': 'application/json;charset=UTF-8',
          'content-length': String(Buffer.byteLength(body)),
          connection: 'close',
          ...headers,
        },
      };
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const tls = url.startsWith('https:') ? { rejectUnauthorized: false } : {};
      const outgoing = send(url, { ...options, ...tls }, (response) => {
        response.on('error', fail);
        collect(response, (reply) => {
          timer.cancel();
          resolve(reply);
        });
      });
      const fail = (error: Error): void => {
        timer.cancel();
        reject(error);
      };
      const timer = clock.after(timeoutMs, () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', fail);
      outgoing.end(body);
    });
