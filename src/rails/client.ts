import type { HttpLine, HttpOutcome } from './http.ts';

/** A provider's answer is a few kilobytes; more than this is not an answer. */
const answerBytesMax = 1_048_576;

// Undici and Node report these before a connection exists, so nothing can have been sent.
const neverSentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return codeOf(error.cause);
};

const outcomeOfError = (error: unknown): HttpOutcome => {
  const code = codeOf(error);
  if (code !== undefined && neverSentCodes.has(code)) return { kind: 'not-sent', cause: code };
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  return { kind: 'lost', cause: timedOut ? 'timeout' : (code ?? 'connection broke') };
};

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (response.body === null) return '';
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) throw new Error(`answer over ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** HTTP over the operating system's network. It never retries and never follows a redirect. */
export function createHttpLine(): HttpLine {
  return {
    send: async ({ method, url, headers, body, timeoutMs }) => {
      try {
        const response = await fetch(url, {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
          redirect: 'manual',
          signal: AbortSignal.timeout(timeoutMs),
        });
        return { kind: 'answer', status: response.status, body: await readBody(response) };
      } catch (error) {
        return outcomeOfError(error);
      }
    },
  };
}
