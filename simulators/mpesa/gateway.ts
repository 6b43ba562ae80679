import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Clock, err, ok, type Result } from '#kernel';
import type { Callbacks } from './callbacks.ts';
import type { Timings } from './config.ts';
import type { Dice } from './dice.ts';
import { type Body, parseJsonObject } from './fields.ts';
import { type KnobBoard, outageAt, type Product } from './knobs.ts';
import { type GatewayRefusal, invalidToken, refusals, unknownResource } from './refusals.ts';
import type { RequestLog } from './request-log.ts';
import type { Tokens } from './tokens.ts';
import { createVoice, type Exchange, pathOf, textOf } from './voice.ts';
import type { WireIds } from './wire-ids.ts';

export interface WireAnswer {
  readonly body: unknown;
  /** Set when something will follow by callback: the id that the callback will carry. */
  readonly accepted?: string;
}
export interface WireApi {
  readonly path: string;
  readonly product: Product;
  /** The Pull query is documented as GET and used as POST. */
  readonly alsoGet?: true;
  readonly handle: (body: Body) => Result<WireAnswer, GatewayRefusal>;
}

export interface GatewayDeps {
  readonly clock: Clock;
  readonly ids: WireIds;
  readonly tokens: Tokens;
  readonly knobs: KnobBoard;
  readonly dice: Dice;
  readonly callbacks: Callbacks;
  readonly log: RequestLog;
  readonly timings: Timings;
}

const tokenPath = '/oauth/v1/generate';
const bearerOf = (request: FastifyRequest): string | undefined =>
  /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];

/**
 * The order in which Daraja refuses: route and method, token, product, rate, payload, business
 * (provider sheet section 10.2). The first refusal is the one the caller sees.
 */
export function mountGateway(
  app: FastifyInstance,
  apis: readonly WireApi[],
  deps: GatewayDeps,
): void {
  const answers = createAnswers(deps);
  app.get(tokenPath, (request, reply) => answers.issueToken({ request, reply }));
  for (const api of apis) {
    app.route({
      method: api.alsoGet === true ? ['GET', 'POST'] : ['POST'],
      url: api.path,
      exposeHeadRoute: false,
      handler: (request, reply) => answers.callApi(api, { request, reply }),
    });
  }
  const paths = new Set(apis.map((api) => api.path));
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request);
    const isKnown = paths.has(path) || path === tokenPath;
    const wrongMethod = request.method === 'GET' ? refusals.getOnPost : refusals.methodNotAllowed;
    return answers.voice.refuse({ request, reply }, isKnown ? wrongMethod : unknownResource(path));
  });
  app.setErrorHandler((error, request, reply) => {
    const status = Number(Reflect.get(Object(error), 'statusCode') ?? 500);
    const isUnread = status === 415;
    const known = isUnread ? refusals.unreadPayload : refusals.invalidPayload;
    if (status >= 500) process.stderr.write(`mpesa simulator: ${String(error)}\n`);
    return answers.voice.refuse({ request, reply }, status >= 500 ? refusals.internal : known);
  });
}

function createAnswers(deps: GatewayDeps) {
  const { clock, tokens, knobs, dice, callbacks, timings } = deps;
  const voice = createVoice(deps);
  const decide = (api: WireApi, request: FastifyRequest): Result<WireAnswer, GatewayRefusal> => {
    const token = bearerOf(request);
    const verdict = tokens.check(token, api.product);
    if (verdict === 'invalid') return err(invalidToken(api.product, token ?? ''));
    if (verdict === 'no-product') return err(refusals.noProduct);
    if (dice.chance(knobs.current().rateLimit)) return err(refusals.spikeArrest);
    if (dice.chance(knobs.current().quotaViolation)) return err(refusals.quotaViolation);
    const body = bodyOf(request);
    return body.ok ? api.handle(body.value) : body;
  };
  const issueToken = async (exchange: Exchange): Promise<FastifyReply> => {
    const outage = outageAt(knobs.current(), clock.now());
    if (outage !== 'off') return voice.fail(exchange, outage);
    const { authorization } = exchange.request.headers;
    if (!tokens.isClient(authorization)) return voice.refuse(exchange, refusals.invalidBasic);
    const grant: unknown = Reflect.get(Object(exchange.request.query), 'grant_type');
    return grant === 'client_credentials'
      ? voice.say(exchange, { status: 200, body: tokens.issue() })
      : voice.refuse(exchange, refusals.invalidGrant);
  };
  const callApi = async (api: WireApi, exchange: Exchange): Promise<FastifyReply> => {
    const { syncLoss, callbackBeforeAck } = knobs.current();
    const outage = outageAt(knobs.current(), clock.now());
    if (outage !== 'off') return voice.fail(exchange, outage);
    const decision = decide(api, exchange.request);
    if (!decision.ok) return voice.refuse(exchange, decision.error);
    const { accepted, body } = decision.value;
    if (accepted !== undefined && dice.chance(syncLoss.rate)) {
      return voice.fail(exchange, syncLoss.mode);
    }
    if (accepted !== undefined && dice.chance(callbackBeforeAck)) {
      await Promise.race([callbacks.attempted(accepted), clock.sleep(timings.ackHoldMs)]);
    }
    return voice.say(exchange, { status: 200, body });
  };
  return { voice, issueToken, callApi };
}

function bodyOf(request: FastifyRequest): Result<Body, GatewayRefusal> {
  if (request.method === 'GET') return ok({ ...Object(request.query) });
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) return err(refusals.unreadPayload);
  const parsed = parseJsonObject(textOf(request.body));
  return parsed.ok ? parsed : err(refusals.invalidPayload);
}
