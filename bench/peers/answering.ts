import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import { say } from '../generator/window.ts';

const bodyBytesMax = 64 * 1024;
const taken = JSON.stringify({ ResultCode: 0, ResultDesc: 'Success' });

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > bodyBytesMax) request.destroy();
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** A server on a free port that takes callbacks as `take` says, and tells where it listens. */
export function serve(take: (body: Buffer) => Promise<void> | void): void {
  const server = createServer((request, response) => {
    void bodyOf(request)
      .then(take)
      .then(
        () => answer(response, 200, taken),
        (error: unknown) => answer(response, 500, JSON.stringify({ error: String(error) })),
      );
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    say({ event: 'ready', port: typeof address === 'object' ? address?.port : undefined });
  });
  process.once('SIGTERM', () => process.exit(0));
  process.stdin.on('end', () => process.exit(0)).resume();
}
