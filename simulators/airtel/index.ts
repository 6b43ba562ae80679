import fastify, { type FastifyInstance } from 'fastify';

import type { Clock, Prng } from '#kernel';

import { addAdmin } from './admin.ts';
import type { Config } from './config.ts';
import { createKnobBox } from './knobs.ts';
import { createParts } from './parts.ts';
import { createPost, type Post } from './post.ts';
import type { Store } from './store.ts';
import { addWire } from './wire.ts';

export { type Config, parseConfig } from './config.ts';
export { type Knobs } from './knobs.ts';
export { type Post } from './post.ts';
export { openStore, type Store } from './store.ts';
export { type Timings } from './timings.ts';

export interface AirtelSimulatorDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly store: Store;
  /** Carries callbacks; HTTP unless a simulation in one process brings its own. */
  readonly post?: Post;
}

export interface AirtelSimulator {
  /** For `app.inject`, which needs no port. */
  readonly app: FastifyInstance;
  /** Resolves to the address, with the port that was taken. */
  listen(): Promise<string>;
  /** Cuts open connections and closes the store; what is pending stays written down. */
  stop(): Promise<void>;
}

const bodyBytesMax = 64 * 1024;

/** Airtel Money's Open API as the documents describe it, with wallets and faults of its own. */
export function createAirtelSimulator(deps: AirtelSimulatorDeps): AirtelSimulator {
  const { config, clock, prng, store } = deps;
  const knobBox = createKnobBox(config.knobs);
  const context = { config, clock, prng, store, knobs: () => knobBox.current() };
  const parts = createParts(context, deps.post ?? createPost(clock));
  const app = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, next) => {
    next(null, body);
  });
  addWire(app, parts);
  addAdmin(app, parts, knobBox);
  return {
    app,
    listen: async () => {
      await app.listen({ host: config.host, port: config.port });
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : config.port;
      const host = config.host.includes(':') ? `[${config.host}]` : config.host;
      return `http://${host}:${port}`;
    },
    stop: async () => {
      parts.schedule.stop();
      parts.callbacks.stop();
      await app.close();
      store.close();
    },
  };
}
