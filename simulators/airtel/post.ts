import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

import type { Clock } from '#kernel';

export interface PostRequest {
  readonly url: string;
  readonly body: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Resolves to the HTTP status, rejects when there is none. */
export type Post = (request: PostRequest) => Promise<number>;

/** One connection per callback; a redirect is not followed, what comes back is not read. */
export function createPost(clock: Clock): Post {
  return ({ url, body, timeoutMs, signal }) =>
    new Promise((resolve, reject) => {
      const start = url.startsWith('https:') ? requestHttps : requestHttp;
      const bytes = Buffer.from(body);
      const request = start(url, {
        method: 'POST',
        agent: false,
        headers: { 'content-type': 'application/json', 'content-length': bytes.length },
        signal,
      });
      const timer = clock.after(timeoutMs, () => {
        request.destroy(new Error(`no answer within ${timeoutMs} ms`));
      });
      request.on('error', (problem) => {
        timer.cancel();
        reject(problem);
      });
      request.on('response', (response) => {
        timer.cancel();
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.end(bytes);
    });
}
