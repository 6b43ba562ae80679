/** How a rail's client reaches its provider; simulation gives a line of its own. */
export interface HttpLine {
  send(request: HttpRequest): Promise<HttpOutcome>;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact bytes to send: signatures are made over them. */
  readonly body?: string;
  readonly timeoutMs: number;
}

/**
 * `not-sent`: no byte of the request can have reached the provider, so it may be sent again.
 * `lost`: it may have arrived and taken effect.
 */
export type HttpOutcome =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'not-sent'; readonly cause: string }
  | { readonly kind: 'lost'; readonly cause: string };

export const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** Undefined for what is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
