import type { Clock } from '#kernel';

import { type Fields, fieldsOf } from './fields.ts';

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: Fields;
}

export type Reply = Answered | { readonly kind: 'silent'; readonly why: string };

export interface Answered {
  readonly kind: 'answered';
  readonly status: number;
  /** Empty when the body was no JSON object. */
  readonly body: Fields;
  readonly retryAfterMs: number | undefined;
}

export interface Http {
  /** Never rejects: a door that does not answer is an everyday thing. */
  ask(ask: Ask): Promise<Reply>;
  /** Requests under way. */
  inFlight(): number;
}

const timeoutMs = 15_000;
const replyBytesMax = 1024 * 1024;
const retryAfterSecondsMax = 10 * 60;

export function createHttp({ clock, signal }: { clock: Clock; signal: AbortSignal }): Http {
  let inFlight = 0;
  return {
    inFlight: () => inFlight,
    ask: async (ask) => {
      inFlight += 1;
      const late = new AbortController();
      const timer = clock.after(timeoutMs, () => late.abort(new Error('no answer in time')));
      try {
        return await exchange(ask, AbortSignal.any([signal, late.signal]));
      } catch (problem) {
        return { kind: 'silent', why: reasonOf(problem) };
      } finally {
        timer.cancel();
        inFlight -= 1;
      }
    },
  };
}

async function exchange({ method, url, body }: Ask, signal: AbortSignal): Promise<Reply> {
  const response = await fetch(url, {
    method,
    signal,
    redirect: 'error',
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await readText(response);
  return {
    kind: 'answered',
    status: response.status,
    body: parseJson(text),
    retryAfterMs: retryAfterMsOf(response.headers.get('retry-after') ?? ''),
  };
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > replyBytesMax) throw new Error('the answer is too long');
  }
  return text;
}

function parseJson(text: string): Fields {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Seconds; a date is read as none given. */
const retryAfterMsOf = (text: string): number | undefined =>
  /^\d{1,9}$/.test(text) ? Math.min(Number(text), retryAfterSecondsMax) * 1000 : undefined;

/** `fetch` hides what happened one level down. */
function reasonOf(problem: unknown): string {
  const cause: unknown = problem instanceof Error ? problem.cause : undefined;
  const deepest = cause ?? problem;
  if (!(deepest instanceof Error)) return String(deepest);
  return 'code' in deepest ? String(deepest.code) : deepest.message;
}
