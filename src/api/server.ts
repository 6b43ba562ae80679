import type { RequestListener } from 'node:http';

import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyRequest } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';

import { createAccess, type Access } from './access.ts';
import type { App } from './app.ts';
import { refuseUnreadable } from './client-error.ts';
import type { Api, ApiDeps } from './deps.ts';
import { createErrorHandler, routeOf, sendProblem } from './errors.ts';
import { createEventHub } from './event-hub.ts';
import { createFront, type Front } from './front.ts';
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

/** The HTTP edge: dashboard, programs, payers and providers all come in here. */
export async function createApi(deps: ApiDeps): Promise<Api> {
  const log = deps.log.child({ module: 'api' });
  const access = createAccess(deps);
  const board = createStatusBoard(deps);
  const hub = createEventHub({ ...deps, log, board, threadTime });
  const parts = { ...deps, log, access, board, hub, once: createOnce({ ...deps, log }) };
  const front = deps.front ?? createFront(deps);
  const { app, handler } = newApp({ ...deps, log }, front);
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
  addCallbackRoute(app, front.door);
  if (deps.screenFolder !== undefined) await addScreen(app, deps.screenFolder);
  await app.ready();
  front.handOn(await handler);
  return {
    listen: front.listen,
    close: async () => {
      hub.close();
      const closed = front.close();
      await app.close();
      await closed;
    },
    inject: app.inject.bind(app),
  };
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

const unneeded = (): never => {
  throw new Error('every schema here is one of Zod');
};

/** Behind the front, which listens for it and takes callbacks before the framework sees them. */
function newApp(
  { log, trustedProxies }: ApiDeps,
  { server, nextRequestId }: Front,
): { readonly app: App; readonly handler: Promise<RequestListener> } {
  const methods = createMethods();
  const { promise: handler, resolve } = Promise.withResolvers<RequestListener>();
  const app: App = fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    serverFactory: (handle) => {
      resolve(handle);
      return server;
    },
    // Nothing is checked or written by JSON Schema; its compilers would be loaded without a use.
    schemaController: {
      compilersFactory: { buildValidator: unneeded, buildSerializer: unneeded },
    },
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
  return { app, handler };
}
