import type { Problem } from '#api/contract';

import { NoAnswer, noted, ProblemError, root } from './client.ts';

export interface Uploading {
  readonly file: Blob;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told how much of it is on its way; 1 once all of it is. */
  readonly onSent: (share: number) => void;
  readonly signal: AbortSignal;
}

/** Sends a file and says how far it is: `fetch` does not tell that of what it sends. */
export function upload<Answer>(
  path: string,
  { file, headers = {}, onSent, signal }: Uploading,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    request.open('POST', `${root}${path}`);
    request.responseType = 'json';
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onSent(total === 0 ? 0 : loaded / total),
    );
    request.addEventListener('load', () => {
      onSent(1);
      if (request.status >= 200 && request.status < 300) resolve(request.response);
      else reject(noted(problemOf(request)));
    });
    request.addEventListener('error', () =>
      reject(new NoAnswer('the engine does not answer, or does not take all of the file')),
    );
    request.addEventListener('abort', () => reject(new DOMException('given up', 'AbortError')));
    request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));
    signal.addEventListener('abort', abort);
    request.send(file);
  });
}

function problemOf(request: XMLHttpRequest): ProblemError {
  const told: Partial<Problem> | null = request.response;
  const { status, statusText } = request;
  return new ProblemError({
    type: told?.type ?? 'urn:qmoi:problem:engine-fault',
    title: told?.title ?? statusText,
    status,
    detail: told?.detail ?? `${status} ${statusText}`,
    instance: told?.instance ?? '',
    ...(told?.errors === undefined ? {} : { errors: told.errors }),
  });
}
