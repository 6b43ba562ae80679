import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Socket } from 'node:net';

import type { Clock, EpochMs } from '#kernel';
import type { Intake } from '#intake';
import type { Log } from '#platform/log';

import { createCallbackDoor, type CallbackDoor } from './callback-door.ts';

export interface Address {
  readonly host: string;
  /** Port 0 lets the operating system choose. */
  readonly port: number;
  /** Lets go of the port, and answers who has come to it meanwhile; they are heard as well. */
  readonly takeOver?: (() => Promise<readonly Socket[]>) | undefined;
}

/**
 * What stands at the port: it takes callbacks as soon as intake can, while all that everybody else
 * needs is still being loaded. Others wait until somebody hears them.
 */
export interface Front {
  readonly door: CallbackDoor;
  readonly server: Server;
  readonly nextRequestId: () => string;
  listen(address: Address): Promise<{ readonly url: string }>;
  /** Waits until those who came before it listened are answered, for as long as that at most. */
  heard(withinMs: number): Promise<void>;
  /** Hands on all but callbacks from now on, those who wait first. */
  handOn(others: RequestListener): void;
  /** Lets requests finish and stops listening; whoever nobody hears is cut off. Once is enough. */
  close(): Promise<void>;
}

export interface FrontDeps {
  readonly intake: Pick<Intake, 'receive'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly trustedProxies: readonly string[];
  readonly startedAt: EpochMs;
}

const requestTimeoutMs = 30_000;
/** Beyond the minute after which most proxies give up an idle connection: they shall be first. */
const keepAliveMs = 72_000;
const hearOutMs = 5_000;
/** Beyond it they are turned away, as they would be if nobody listened. */
const waitingMax = 1_024;

export function createFront(deps: FrontDeps): Front {
  const nextRequestId = createRequestIds(deps.startedAt);
  const door = createCallbackDoor({
    ...deps,
    log: deps.log.child({ module: 'api' }),
    nextRequestId,
  });
  const crowd = createCrowd();
  const hear: RequestListener = (request, response) => {
    const address = door.addressOf(request);
    if (address === undefined) crowd.hear(request, response);
    else door.take(address, request, response);
  };
  const server = newServer(hear);
  const servers = [server];
  let early: readonly Socket[] = [];
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    crowd.turnAway();
    // Whoever is in the middle of a request is heard out; whoever dawdles is cut off.
    const timer = deps.clock.after(hearOutMs, () => {
      for (const one of servers) one.closeAllConnections();
    });
    await Promise.all(servers.map(closeServer));
    timer.cancel();
  };
  return {
    door,
    server,
    nextRequestId,
    listen: async ({ takeOver, ...address }) => {
      early = (await takeOver?.()) ?? [];
      try {
        const url = await listenOn(server, address);
        hearOnce(server, early);
        servers.push(...(await listenBeside(server, { ...address, hear })));
        return { url };
      } catch (error) {
        for (const socket of early) socket.destroy();
        throw error;
      }
    },
    heard: async (withinMs) => {
      const timely = new AbortController();
      const all = early
        .filter(({ closed: isGone }) => !isGone)
        .map((socket) => once(socket, 'close'));
      await Promise.race([Promise.allSettled(all), deps.clock.sleep(withinMs, timely.signal)]);
      timely.abort();
    },
    handOn: crowd.handOn,
    close: () => (closed ??= close()),
  };
}

/** Those who want something else, while there is nobody who could give it. */
function createCrowd() {
  const waiting: { readonly request: IncomingMessage; readonly response: ServerResponse }[] = [];
  let others: RequestListener | undefined;
  return {
    hear: (request: IncomingMessage, response: ServerResponse): void => {
      if (others !== undefined) others(request, response);
      else if (waiting.length < waitingMax) waiting.push({ request, response });
      else request.socket.destroy();
    },
    handOn: (to: RequestListener): void => {
      others = to;
      for (const { request, response } of waiting.splice(0)) to(request, response);
    },
    turnAway: (): void => {
      for (const { request } of waiting.splice(0)) request.socket.destroy();
    },
  };
}

function newServer(hear: RequestListener): Server {
  const server = createServer(hear);
  server.keepAliveTimeout = keepAliveMs;
  server.requestTimeout = requestTimeoutMs;
  return server;
}

async function listenOn(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<string> {
  server.listen({ host, port });
  await once(server, 'listening');
  const bound = server.address();
  const at = typeof bound === 'object' && bound !== null ? bound : { address: host, port };
  const name = at.address === '0.0.0.0' ? '127.0.0.1' : at.address;
  return `http://${name.includes(':') ? `[${name}]` : name}:${at.port}`;
}

/** `localhost` has an address of either kind on most machines, and programs try both. */
async function listenBeside(
  first: Server,
  { host, hear }: { readonly host: string; readonly hear: RequestListener },
): Promise<readonly Server[]> {
  const bound = first.address();
  if (host !== 'localhost' || typeof bound !== 'object' || bound === null) return [];
  const servers: Server[] = [];
  for (const { address } of await lookup(host, { all: true })) {
    if (address === bound.address) continue;
    const server = newServer(hear);
    try {
      await listenOn(server, { host: address, port: bound.port });
      servers.push(server);
    } catch {
      // One of them is enough.
    }
  }
  return servers;
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    // One that never listened, or no longer does, has nothing to finish.
    server.close(() => resolve());
  });

/**
 * Connections made before the server listened. It does not count them and would not wait for them
 * when it closes, so each is closed with its first answer.
 */
function hearOnce(server: Server, waiting: readonly Socket[]): void {
  const early = new WeakSet(waiting);
  if (waiting.length > 0) {
    server.prependListener('request', ({ socket }, response) => {
      if (early.has(socket)) response.shouldKeepAlive = false;
    });
  }
  for (const socket of waiting) {
    server.emit('connection', socket);
    socket.resume();
  }
}

function createRequestIds(startedAt: EpochMs): () => string {
  let requests = 0;
  return () => {
    requests += 1;
    return `${startedAt.toString(36)}-${requests.toString(36)}`;
  };
}
