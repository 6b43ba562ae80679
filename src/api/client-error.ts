import type { Duplex } from 'node:stream';

import { problemContentType, problemTitles, problemType, type Problem } from '#api/contract';

import { securityHeaders } from './security-headers.ts';

/** The answer to bytes that are no HTTP request: the one answer that no route gives. */
export function refuseUnreadable(error: { readonly code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem: Problem = {
    type: problemType('malformed-body'),
    title: problemTitles['malformed-body'],
    status: 400,
    detail: 'The request is not HTTP, its headers are too large, or it took too long to come.',
    instance: 'urn:qmoi:request:unread',
  };
  const body = JSON.stringify(problem);
  const headers = {
    ...securityHeaders,
    'content-type': problemContentType,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 400 Bad Request\r\n${lines.join('')}\r\n${body}`);
}
