import type { Socket } from 'node:net';

import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';

import { invariant, type EpochMs } from '#kernel';

import { createAccess, type Access } from './access.ts';
import type { App } from './app.ts';
import { createCallbackDoor, type CallbackDoor } from './callback-door.ts';
import { refuseUnreadable } from './client-error.ts';
import type { Api, ApiDeps } from './deps.ts';
import { createErrorHandler, routeOf, sendProblem } from './errors.ts';
import { createEventHub } from './event-hub.ts';
import { takeEmptyJson } from './json-body.ts';
import { createMethods } from './methods.ts';
import { createOnce } from './once.ts';
import { openapiOptions } from './openapi.ts';
import { ProblemRaised } from './problem.ts';
import { addCallbackRoute } from './routes/callbacks.ts';
import { routes } from './routes/all.ts';
import { addScreen } from './screen.ts';
import { securityHeaders, transportSecurity } from './security-headers.ts';
import { createStatusBoard } from './status-board.ts';
import { threadTime } from './thread-time.ts';

const bodyBytesMax = 64 * 1024;
const requestTimeoutMs = 30_000;
const hearOutMs = 5_000;

/** The HTTP edge: dashboard, programs, payers and providers all come in here. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const log = deps.log.child({ module: 'api' });
  const access = createAccess(deps);
  const board = createStatusBoard(deps);
  const hub = createEventHub({ ...deps, log, board, threadTime });
  const parts = { ...deps, log, access, board, hub, once: createOnce({ ...deps, log }) };
  const nextRequestId = createRequestIds(deps.startedAt);
  const app = newApp({ ...deps, log }, nextRequestId);
  await app.register(cookie);
  // After the cookies have been read.
  app.addHook('onRequest', (request, _reply, done) => {
    if (access.isOpen(request)) done();
    else void admitOrFail(access, request, done);
  });
  await app.register(rateLimit, {
    global: false,
    ipv6Subnet: 64,
    errorResponseBuilder: (_request, { ttl }) =>
      new ProblemRaised('too-many-requests', 'Slow down and ask again later.', {
        retryAfterMs: ttl,
      }),
  });
  await app.register(swagger, openapiOptions(deps.version));
  for (const add of routes) add(app, parts);
  const door = createCallbackDoor({ ...parts, nextRequestId });
  addCallbackRoute(app, door);
  if (deps.screenFolder !== undefined) await addScreen(app, deps.screenFolder);
  await app.ready();
  putInFront(app, door);
  return {
    listen: async ({ takeOver, ...address }) => {
      const waiting = (await takeOver?.()) ?? [];
      try {
        const url = await app.listen(address);
        hearOnce(app, waiting);
        return { url };
      } catch (error) {
        for (const socket of waiting) socket.destroy();
        throw error;
      }
    },
    close: async () => {
      hub.close();
      // Whoever is in the middle of a request is heard out; whoever dawdles is cut off.
      const timer = deps.clock.after(hearOutMs, () => app.server.closeAllConnections());
      await app.close();
      timer.cancel();
    },
    inject: app.inject.bind(app),
  };
}

/**
 * Connections made before the API listened. Its server does not count them and would not wait for
 * them when it closes, so each is closed with its first answer.
 */
function hearOnce({ server }: App, waiting: readonly Socket[]): void {
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

async function admitOrFail(
  access: Access,
  request: FastifyRequest,
  done: (error?: Error) => void,
): Promise<void> {
  let problem: Error | undefined;
  try {
    await access.admit(request);
  } catch (error) {
    problem = error instanceof Error ? error : new Error('somebody could not be admitted');
  }
  done(problem);
}

/** Callbacks are taken before the framework sees them. */
function putInFront({ server }: App, door: CallbackDoor): void {
  const [handle] = server.listeners('request');
  invariant(handle !== undefined, 'the framework listens to requests');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    const address = door.addressOf(request);
    if (address === undefined) Reflect.apply(handle, server, [request, response]);
    else door.take(address, request, response);
  });
}

function createRequestIds(startedAt: EpochMs): () => string {
  let requests = 0;
  return () => {
    requests += 1;
    return `${startedAt.toString(36)}-${requests.toString(36)}`;
  };
}

function newApp({ log, trustedProxies }: ApiDeps, nextRequestId: () => string): App {
  const methods = createMethods();
  const app: App = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    forceCloseConnections: 'idle',
    trustProxy: trustedProxies.length > 0 ? [...trustedProxies] : false,
    genReqId: nextRequestId,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders);
      createErrorHandler(log)(error, request, reply);
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  takeEmptyJson(app);
  app.setErrorHandler(createErrorHandler(log));
  app.setNotFoundHandler((request, reply) =>
    sendProblem(request, reply, methods.objectionTo(request)),
  );
  app.addHook('onRoute', (route) => methods.add(route));
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeaders);
    if (request.protocol === 'https') reply.headers(transportSecurity);
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    const { id, method } = request;
    log.debug(
      { request: id, method, route: routeOf(request), status: reply.statusCode },
      'request',
    );
    done();
  });
  return app;
}
