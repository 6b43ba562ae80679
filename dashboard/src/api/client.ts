import type { Problem } from '#api/contract';

/** The engine refused, and says why and what mends it. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.title);
    this.problem = problem;
  }

  /** The last part of its `type`: what programs go by. */
  get kind(): string {
    return this.problem.type.replace('urn:qmoi:problem:', '');
  }
}

/** Kinds of answers after which an order may have been done, or may still be. */
const openEnds: ReadonlySet<string> = new Set(['engine-fault', 'request-in-progress']);

/**
 * Whether the engine itself said that nothing was done. Not so where nothing was heard of it, where
 * somebody between us answered, and where it is still at the first order with the same key.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.status < 500 && !openEnds.has(error.kind);

/** No answer came: no line, or no engine. What was asked may have been done. */
export class NoAnswer extends Error {}

export interface Asking {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  /** JSON, or a file as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** An order sent again with the same key is done once. */
  readonly key?: string;
  readonly signal?: AbortSignal;
}

export const root = '/api/qmoi';

type Listener = () => void;
const sessionEnded = new Set<Listener>();

/** Told when the engine no longer knows the session. */
export function onSessionEnded(listener: Listener): () => void {
  sessionEnded.add(listener);
  return () => sessionEnded.delete(listener);
}

/**
 * Asks the engine. The answer is of the form its contract gives it: the engine checks what it sends
 * against the same schemas, so it is not read a second time here.
 */
export async function ask<Answer>(path: string, asking: Asking = {}): Promise<Answer> {
  const response = await send(path, asking);
  if (response.ok) return readAnswer<Answer>(response);
  throw noted(await problemOf(response));
}

/** Whoever is told that a session is needed learns that theirs has ended. */
export function noted(problem: ProblemError): ProblemError {
  if (problem.kind === 'not-logged-in') for (const listener of sessionEnded) listener();
  return problem;
}

/** The answer's bytes, for files. */
export async function fetchFile(path: string, asking: Asking = {}): Promise<Response> {
  const response = await send(path, asking);
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function send(
  path: string,
  { method, body, headers, key, signal }: Asking,
): Promise<Response> {
  const isFile = body instanceof Blob;
  try {
    return await fetch(`${root}${path}`, {
      method: method ?? 'GET',
      credentials: 'same-origin',
      headers: {
        ...(body === undefined || isFile ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    throw new NoAnswer('the engine does not answer', { cause: error });
  }
}

const readAnswer = <Answer>(response: Response): Promise<Answer> =>
  response.status === 204 ? Promise.resolve(undefined as Answer) : response.json();

/** What stands between us and the engine may answer with pages of its own. */
async function problemOf(response: Response): Promise<ProblemError> {
  try {
    const problem: Problem = await response.json();
    if (typeof problem.type === 'string') return new ProblemError(problem);
  } catch {
    // Not JSON.
  }
  return new ProblemError({
    type: 'urn:qmoi:problem:engine-fault',
    title: response.statusText,
    status: response.status,
    detail: `${response.status} ${response.statusText}`,
    instance: response.url,
  });
}

export type Query = Readonly<Record<string, string | number | undefined>>;

/** `?a=1&b=2`, without what is not set. */
export function queryOf(query: Query): string {
  const set = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return set.length === 0 ? '' : `?${new URLSearchParams(set).toString()}`;
}

/** A key for one order of a person; asked once, when the form is opened. */
export const newKey = (): string => crypto.randomUUID();
