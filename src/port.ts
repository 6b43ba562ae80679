import { createServer } from 'node:net';

import { StartRefused } from './refusal.ts';

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Why the engine cannot listen where it should; undefined for what is not about the address. */
export function unheard(error: unknown, { host, port }: Address): StartRefused | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return new StartRefused(
        `Port ${port} on ${host} is taken by another program.`,
        'Stop that program, or set QMOI_PORT to a free port in .env.',
      );
    case 'EACCES':
      return new StartRefused(
        `This user may not listen on port ${port}.`,
        'Set QMOI_PORT in .env to a port above 1023.',
      );
    case 'EADDRNOTAVAIL':
    case 'EAI_AGAIN':
    case 'ENOTFOUND':
      return new StartRefused(
        `This machine has no address ${host} to listen on.`,
        'Set QMOI_HOST in .env to one of its own, for example 127.0.0.1.',
      );
    default:
      return undefined;
  }
}

/** The port has to be known before providers are told where to call. */
export function choosePort(http: Address): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(unheard(error, http) ?? error));
    probe.listen({ host: http.host, port: http.port }, () => {
      const address = probe.address();
      const port = typeof address === 'object' && address !== null ? address.port : http.port;
      probe.close(() => resolve(port));
    });
  });
}
