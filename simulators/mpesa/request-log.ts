import { type Clock, isoOf } from '#kernel';
import { parseJsonObject } from './fields.ts';
import { numberIn, type Store, textIn } from './store.ts';

export interface LoggedExchange {
  readonly method: string;
  readonly path: string;
  readonly requestBody: string;
  /** Zero when no answer was sent. */
  readonly httpStatus: number;
  readonly responseBody: string;
}

export interface RequestLog {
  add(exchange: LoggedExchange): void;
  recent(limit: number): readonly (LoggedExchange & { id: number; at: string })[];
}

const requestsKeptMax = 5000;
const pruneEvery = 500;
const secretFields = ['Password', 'SecurityCredential', 'access_token'];

function withoutSecrets(text: string): string {
  const parsed = parseJsonObject(text);
  if (!parsed.ok) return text === '' ? '' : `[${text.length} characters that are no JSON object]`;
  const shown = Object.entries(parsed.value).map(([name, value]) => [
    name,
    secretFields.includes(name) ? '[redacted]' : value,
  ]);
  return JSON.stringify(Object.fromEntries(shown));
}

// The one error message that repeats the token it refuses.
const withoutToken = (text: string): string =>
  text.replace(/(Invalid Access Token - )[^"]*/, '$1[redacted]');

/** The last wire requests, without what opens anything. */
export function createRequestLog({ store, clock }: { store: Store; clock: Clock }): RequestLog {
  return {
    add: ({ method, path, requestBody, httpStatus, responseBody }) => {
      const row = store.first(
        `insert into requests
           (received_at, method, path, request_body, http_status, response_body)
         values (?, ?, ?, ?, ?, ?) returning id`,
        clock.now(),
        method,
        path,
        withoutSecrets(requestBody),
        httpStatus,
        withoutToken(withoutSecrets(responseBody)),
      );
      const id = row === undefined ? 0 : numberIn(row, 'id');
      if (id % pruneEvery === 0) {
        store.run('delete from requests where id <= ?', id - requestsKeptMax);
      }
    },
    recent: (limit) =>
      store.all('select * from requests order by id desc limit ?', limit).map((row) => ({
        id: numberIn(row, 'id'),
        at: isoOf(numberIn(row, 'received_at')),
        method: textIn(row, 'method'),
        path: textIn(row, 'path'),
        requestBody: textIn(row, 'request_body'),
        httpStatus: numberIn(row, 'http_status'),
        responseBody: textIn(row, 'response_body'),
      })),
  };
}
