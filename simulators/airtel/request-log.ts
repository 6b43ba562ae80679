import { isoOf } from '#kernel';

import type { Context } from './context.ts';

export interface RequestLog {
  record(entry: RequestEntry): void;
  recent(limit: number): readonly object[];
}

export interface RequestEntry {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** Nothing when the answer was kept back or the connection cut. */
  readonly httpStatus: number | undefined;
  readonly answer: string;
}

const entriesMax = 500;
const textMax = 4000;
const shownHeaders = ['content-type', 'accept', 'x-country', 'x-currency'];
const hiddenHeaders = ['authorization', 'x-key', 'x-signature'];
const hiddenMembers = /"(client_secret|pin|access_token)"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[^,}\s]+)/g;

const withoutSecrets = (text: string): string =>
  text.replaceAll(hiddenMembers, '"$1":"[secret]"').slice(0, textMax);

const safeHeaders = (headers: RequestEntry['headers']): object =>
  Object.fromEntries([
    ...shownHeaders.filter((name) => name in headers).map((name) => [name, headers[name]]),
    ...hiddenHeaders.filter((name) => name in headers).map((name) => [name, '[secret]']),
  ]);

/** The latest wire requests, without secrets; in memory only. */
export function createRequestLog({ clock }: Context): RequestLog {
  const entries: object[] = [];
  let seq = 0;
  return {
    record: (entry) => {
      seq += 1;
      entries.push({
        seq,
        at: isoOf(clock.now()),
        method: entry.method,
        path: entry.path,
        headers: safeHeaders(entry.headers),
        body: withoutSecrets(entry.body),
        httpStatus: entry.httpStatus ?? null,
        answer: withoutSecrets(entry.answer),
      });
      if (entries.length > entriesMax) entries.shift();
    },
    recent: (limit) => entries.slice(-limit).toReversed(),
  };
}
