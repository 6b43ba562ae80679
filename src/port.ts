import { createServer, type Socket } from 'node:net';

import type { Clock } from '#kernel';

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

/** Connections that were made to the engine before it could hear anybody out. */
export interface HeldPort {
  readonly port: number;
  /** Stops listening, and hands over who waits; nothing of theirs has been read. */
  handOver(): Promise<readonly Socket[]>;
  /** Turns away who waits, where nothing was handed over. */
  close(): void;
}

/** Beyond it the machine turns connections away, as it would if nobody listened. */
const waitingMax = 1_024;
const lookMs = 1;
const looksMax = 50;
/** Nobody new in so many looks: a busy machine may take some to show who has come. */
const quietLooks = 8;

/**
 * Takes the port at once: it has to be known before providers are told where to call, and a
 * provider that calls during the start waits to be heard rather than being turned away, which to
 * some is the end of the matter. Nobody is read, let alone answered, before `handOver`.
 */
export function holdPort(http: Address, clock: Pick<Clock, 'sleep'>): Promise<HeldPort> {
  const waiting = new Set<Socket>();
  let arrived = 0;
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    arrived += 1;
    waiting.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => waiting.delete(socket));
  });
  server.maxConnections = waitingMax;
  const letGo = (): readonly Socket[] => {
    server.close();
    const all = [...waiting];
    waiting.clear();
    return all;
  };
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(unheard(error, http) ?? error));
    server.listen({ host: http.host, port: http.port }, () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : http.port;
      resolve({
        port,
        handOver: async () => {
          // Whoever the machine has let in and we have not met yet would be cut off.
          for (let quiet = 0, looks = 0; quiet < quietLooks && looks < looksMax; looks += 1) {
            const met = arrived;
            await clock.sleep(lookMs);
            quiet = arrived === met ? quiet + 1 : 0;
          }
          return letGo();
        },
        close: () => {
          for (const socket of letGo()) socket.destroy();
        },
      });
    });
  });
}
