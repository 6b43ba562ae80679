/** What became of a request to a push service. */
export type PushAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfterMs?: number }
  /** Nothing of it can have arrived. */
  | { readonly kind: 'not-sent'; readonly cause: string }
  /** It may have arrived. */
  | { readonly kind: 'lost'; readonly cause: string };

/** What that means for the note. */
export type Delivery =
  | { readonly kind: 'taken' }
  /** The browser has given the subscription up. */
  | { readonly kind: 'gone'; readonly why: string }
  /** Not now; it certainly did not arrive. */
  | { readonly kind: 'later'; readonly why: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'lost'; readonly why: string }
  /** Not this note, however often it is sent. */
  | { readonly kind: 'refused'; readonly why: string };

/** RFC 8030, sections 5 and 7.3; RFC 6585 for 429. */
export function deliveryOf(answer: PushAnswer): Delivery {
  if (answer.kind === 'not-sent') {
    return { kind: 'later', why: answer.cause, retryAfterMs: undefined };
  }
  if (answer.kind === 'lost') return { kind: 'lost', why: answer.cause };
  const { status, retryAfterMs } = answer;
  const why = `status ${status}`;
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 404 || status === 410) return { kind: 'gone', why };
  if (status === 429 || status >= 500) return { kind: 'later', why, retryAfterMs };
  return { kind: 'refused', why };
}

const secondMs = 1000;

/** `Retry-After` in seconds; in the form of a date it is left to our own pauses. */
export function retryAfterMsOf(header: string | undefined): number | undefined {
  if (header === undefined || !/^\d{1,9}$/.test(header)) return undefined;
  return Number(header) * secondMs;
}
