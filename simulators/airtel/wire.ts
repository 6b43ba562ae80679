import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { esb, router } from './codes.ts';
import { parseCollection } from './collection-rules.ts';
import { happens } from './context.ts';
import {
  type DisbursementVersion,
  disbursementVersions,
  parseDisbursement,
} from './disbursement-rules.ts';
import { type Answer, envelopeC, refusalA } from './envelopes.ts';
import { deliver, type Delivery, lose, obstacle } from './faults.ts';
import {
  gateRefusal,
  type Headers,
  mediaTypeRefusal,
  type Product,
  signatureRefusal,
} from './gate.ts';
import type { Query } from './lookups.ts';
import type { Parts } from './parts.ts';

interface Call {
  readonly headers: Headers;
  /** As it came: message signing is over these very bytes (sheet §5). */
  readonly rawBody: Buffer;
  readonly body: unknown;
  readonly id: string;
  readonly query: Query;
}

interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly product: Product;
  /** Subject to lost answers. */
  readonly movesMoney?: boolean;
  readonly isSigned?: boolean;
  /** Has a way of its own to lose its answer, too. */
  readonly isRefund?: boolean;
  readonly isTokenCall?: boolean;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** The provider's own paths; a trailing slash is taken or left (sheet §6). */
export function addWire(app: FastifyInstance, parts: Parts): void {
  const routes = [...accessRoutes(parts), ...moneyRoutes(parts), ...lookupRoutes(parts)];
  for (const route of routes) {
    app.route({
      method: route.method,
      url: route.path,
      exposeHeadRoute: false,
      handler: (request, reply) => serve(parts, route, { request, reply }),
    });
  }
  for (const url of new Set(routes.map(({ path }) => path))) {
    const known = routes.filter(({ path }) => path === url).map(({ method }) => method);
    const unknown = methods.filter((method) => !known.some((one) => one === method));
    app.route({
      method: unknown,
      url,
      handler: (_request, reply) => reply.code(405).send(notAllowed.body),
    });
  }
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(noSuchPath.body));
}

// Sheet §11.4 names the statuses; the bodies are assumed.
const notAllowed = envelopeC('405', 'Method Not Allowed', 405);
const noSuchPath = envelopeC('404', 'Not Found', 404);

function accessRoutes({ tokens, keys }: Parts): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/auth/oauth2/token',
      product: 'other',
      isTokenCall: true,
      handle: ({ body }) => tokens.answer(body),
    },
    {
      method: 'GET',
      path: '/v1/rsa/encryption-keys',
      product: 'other',
      handle: () => keys.answer(),
    },
  ];
}

function moneyRoutes(parts: Parts): readonly Route[] {
  const money = { method: 'POST', movesMoney: true, isSigned: true } as const;
  return [
    ...['v1', 'v2'].map((version): Route => ({
      ...money,
      path: `/merchant/${version}/payments`,
      product: 'collection',
      handle: ({ body }) => collect(parts, body),
    })),
    {
      ...money,
      path: '/standard/v1/payments/refund',
      product: 'collection',
      isRefund: true,
      handle: ({ body }) => parts.refunds.refund(body),
    },
    ...disbursementVersions.map((version): Route => ({
      ...money,
      path: `/standard/${version}/disbursements`,
      product: version === 'v3' ? 'disbursement-v3' : 'disbursement',
      handle: ({ body }) => disburse(parts, version, body),
    })),
  ];
}

function lookupRoutes({ collections, disbursements, lookups }: Parts): readonly Route[] {
  const look = { method: 'GET', product: 'other' } as const;
  return [
    {
      ...look,
      path: '/standard/v1/payments/:id',
      product: 'collection',
      handle: ({ id }) => collections.enquire(id),
    },
    ...disbursementVersions.map((version): Route => ({
      ...look,
      path: `/standard/${version}/disbursements/:id`,
      product: 'disbursement',
      handle: ({ id, query }) => {
        const type = version === 'v2' ? query['transactionType'] : undefined;
        // Required by v2 (sheet §10.4); the words are assumed.
        if (version === 'v2' && type === undefined) return missingTypeAnswer;
        return disbursements.enquire(id, type);
      },
    })),
    ...(['v1', 'v2'] as const).map((version): Route => ({
      ...look,
      path: `/standard/${version}/users/balance`,
      handle: ({ query }) => lookups.balance(version, query),
    })),
    { ...look, path: '/standard/v1/users/:id', handle: ({ id }) => lookups.user(id) },
    {
      ...look,
      path: '/merchant/v1/transactions',
      handle: ({ query }) => lookups.transactions(query),
    },
  ];
}

const missingTypeAnswer = refusalA({
  message: "Required request parameter 'transactionType' is not present",
  result: esb.fieldValidation,
});

/** Accepts a collection; in the `callbackBeforeAck` mode the answer waits for its callback. */
async function collect(parts: Parts, body: unknown): Promise<Answer> {
  const { context, collections, collectionBook, callbacks } = parts;
  const parsed = parseCollection(body, context.knobs());
  if (!parsed.ok) return parsed.error;
  const { ownId } = parsed.value;
  const isHeld = happens(context, context.knobs().callbackBeforeAck);
  const wasKnown = collectionBook.find(ownId) !== undefined;
  const answer = collections.accept(parsed.value, isHeld);
  const isAccepted = !wasKnown && collectionBook.find(ownId) !== undefined;
  if (isHeld && isAccepted) await callbacks.attempted(ownId);
  return answer;
}

function disburse(parts: Parts, version: DisbursementVersion, body: unknown): Answer {
  const parsed = parseDisbursement({ version, body, knobs: parts.context.knobs() });
  return parsed.ok ? parts.disbursements.accept(parsed.value) : parsed.error;
}

// ROUTER003 documented as "missing header/body" (sheet §11.4), for a body that is no JSON assumed.
const unreadableBody = envelopeC(router.missingParams, 'Missing header/body params');

function parseCall(request: FastifyRequest): Call {
  const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { id } = request.params as { readonly id?: string };
  const query = request.query as Query;
  return { headers: request.headers, rawBody, body: jsonOf(rawBody), id: id ?? '', query };
}

function jsonOf(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}

function refusalAt(parts: Parts, route: Route, call: Call): Answer | undefined {
  const { context, tokens, keys } = parts;
  const { method, product } = route;
  const { headers, rawBody } = call;
  if (route.isTokenCall === true) return mediaTypeRefusal(method, headers);
  const atGate = gateRefusal(context, { tokens, product }, { method, headers });
  if (atGate !== undefined || method === 'GET') return atGate;
  if (call.body === undefined) return unreadableBody;
  return route.isSigned === true
    ? signatureRefusal(context, { keys, product }, { headers, rawBody })
    : undefined;
}

async function decide(parts: Parts, route: Route, call: Call): Promise<Delivery> {
  const { context } = parts;
  const refused = obstacle(context, route.isTokenCall === true);
  if (refused !== undefined) return refused;
  const refusal = refusalAt(parts, route, call);
  if (refusal !== undefined) return { kind: 'answer', answer: refusal };
  const { syncLoss, notApplied, refundLoss } = context.knobs();
  if (route.isRefund === true && happens(context, refundLoss.rate)) {
    return loseRefund(parts, call.body);
  }
  const isLossy = route.movesMoney === true;
  if (isLossy && happens(context, notApplied.rate)) {
    return lose(notApplied.mode, unappliedAnswer);
  }
  const isLost = isLossy && happens(context, syncLoss.rate);
  const answer = await route.handle(call);
  return isLost ? lose(syncLoss.mode, answer) : { kind: 'answer', answer };
}

/** What a slow gateway says in the end about a request that it never passed on (assumed). */
const unappliedAnswer = envelopeC('CONNECTION_TIMEOUT', 'I/O Exception', 408);

function loseRefund({ context, refunds }: Parts, body: unknown): Delivery {
  const { mode, effect, afterMs } = context.knobs().refundLoss;
  if (effect === 'now') return lose(mode, refunds.refund(body));
  if (effect === 'later') refunds.refundLater(body, afterMs);
  return lose(mode, unappliedAnswer);
}

async function serve(
  parts: Parts,
  route: Route,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): Promise<FastifyReply> {
  const call = parseCall(request);
  const delivery = await decide(parts, route, call);
  const answer = 'answer' in delivery ? delivery.answer : undefined;
  parts.requestLog.record({
    method: route.method,
    path: request.url,
    headers: request.headers,
    body: call.rawBody.toString('utf8'),
    httpStatus: answer?.httpStatus,
    answer: answer === undefined ? delivery.kind : JSON.stringify(answer.body),
  });
  return deliver({ context: parts.context, request, reply }, delivery);
}
