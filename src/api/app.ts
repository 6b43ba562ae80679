import type { IncomingMessage, ServerResponse } from 'node:http';

import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';

import type { Access } from './access.ts';
import type { ApiDeps } from './deps.ts';
import type { EventHub } from './event-hub.ts';
import type { Once } from './once.ts';
import type { StatusBoard } from './status-board.ts';

/** The server as routes see it: what their schemas say is what their handlers get. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What routes are made with. */
export interface Parts extends ApiDeps {
  readonly access: Access;
  readonly once: Once;
  readonly board: StatusBoard;
  readonly hub: EventHub;
}

export type AddRoute = (app: App, parts: Parts) => void;
