import fastify, { type FastifyInstance } from 'fastify';
import type { Clock, Prng } from '#kernel';
import { mountAdmin } from './admin.ts';
import { createB2b } from './b2b.ts';
import { createB2c } from './b2c.ts';
import { createBalance } from './balance.ts';
import { createC2b } from './c2b.ts';
import { createCallbacks } from './callbacks.ts';
import type { SimulatorConfig } from './config.ts';
import { createConfirmations } from './confirmations.ts';
import { createConversations } from './conversation-store.ts';
import { createDesk } from './conversations.ts';
import { createDice } from './dice.ts';
import { mountGateway, type WireApi } from './gateway.ts';
import { createInitiator } from './initiator.ts';
import { createKnobBoard } from './knobs.ts';
import { createLedger } from './ledger.ts';
import { createPayments } from './payments.ts';
import { createPhones } from './phones.ts';
import { createPrompts } from './prompt-store.ts';
import { createPull } from './pull.ts';
import { createQr } from './qr.ts';
import { createRequestLog } from './request-log.ts';
import { createReversal } from './reversal.ts';
import { createStatements } from './statements.ts';
import { createStatus } from './status.ts';
import { createStk } from './stk.ts';
import type { Store } from './store.ts';
import { createTasks } from './tasks.ts';
import { createTokens } from './tokens.ts';
import { createTransactions } from './transactions.ts';
import { createHttpPost, type Post } from './transport.ts';
import { createWireIds } from './wire-ids.ts';

export interface MpesaSimulatorDeps {
  readonly config: SimulatorConfig;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly store: Store;
  /** How callbacks leave; real HTTP unless a simulation brings its own. */
  readonly post?: Post;
}

export interface MpesaSimulator {
  /** For `inject`, when no port is wanted. */
  readonly app: FastifyInstance;
  /** The public key that stands in for Safaricom's certificate. */
  readonly certificatePath: string;
  /** Takes up everything an earlier run left behind; once is enough. */
  start(): void;
  /** Opens the port, then starts: a port that is taken must not cost a callback. */
  listen(): Promise<{ url: string }>;
  /** Resolves when no callback is on its way; what is still scheduled stays scheduled. */
  idle(): Promise<void>;
  /** Stops timers and closes the port and the store; everything pending waits for a next start. */
  stop(): Promise<void>;
}

const requestBytesMax = 64 * 1024;

function createApp(): FastifyInstance {
  const app = fastify({ logger: false, bodyLimit: requestBytesMax, forceCloseConnections: true });
  // Bodies are read only after the token was checked, so they arrive as text.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  return app;
}

/** Wires the simulator up. Nothing happens before `listen` or `start`. */
export function createMpesaSimulator(deps: MpesaSimulatorDeps): MpesaSimulator {
  const { config, store } = deps;
  const parts = createParts(deps);
  const app = createApp();
  mountGateway(app, wireApis(parts), parts);
  mountAdmin(app, parts);
  let isStarted = false;
  let isStopped = false;
  const start = (): void => {
    if (isStarted) return;
    isStarted = true;
    parts.tasks.start();
    parts.callbacks.start();
  };
  return {
    app,
    certificatePath: parts.initiator.certificatePath,
    start,
    listen: async () => {
      const url = await app.listen({ host: config.host, port: config.port });
      start();
      return { url };
    },
    idle: () => parts.callbacks.idle(),
    stop: async () => {
      if (isStopped) return;
      isStopped = true;
      parts.tasks.stop();
      parts.callbacks.stop();
      await app.close();
      store.close();
    },
  };
}

function createParts({ config, clock, prng, store, post }: MpesaSimulatorDeps) {
  const { timings } = config;
  const dice = createDice(prng);
  const knobs = createKnobBoard({ store, profile: config.profile, configured: config.knobs });
  const ids = createWireIds({ store, prng });
  const tasks = createTasks({ clock, store });
  const ledger = createLedger({ store, now: () => clock.now() });
  const transactions = createTransactions(store);
  const phones = createPhones({ store, ledger });
  const prompts = createPrompts(store);
  const conversations = createConversations(store);
  const basis = { config, clock, store, timings, dice, knobs, ids, tasks, ledger, transactions };
  const books = { ...basis, phones, prompts, conversations };
  const callbacks = createCallbacks({ ...basis, post: post ?? createHttpPost(clock) });
  const initiator = createInitiator(basis);
  const payments = createPayments(books);
  const confirmations = createConfirmations({ ...books, callbacks });
  const desk = createDesk({ ...books, callbacks, initiator });
  const services = { ...books, callbacks, initiator, payments, confirmations, desk };
  return {
    ...services,
    tokens: createTokens(basis),
    log: createRequestLog(basis),
    stk: createStk(services),
    c2b: createC2b(services),
    b2c: createB2c(services),
    b2b: createB2b(services),
    reversal: createReversal(services),
    status: createStatus(services),
    balance: createBalance(services),
    pull: createPull(services),
    qr: createQr(services),
    statements: createStatements(services),
  };
}

/** Every address Daraja answers on here. */
const wireApis = (parts: ReturnType<typeof createParts>): readonly WireApi[] => {
  const { stk, c2b, b2c, b2b, reversal, status, balance, pull, qr } = parts;
  return [
    {
      path: '/mpesa/stkpush/v1/processrequest',
      product: 'stk',
      handle: (body) => stk.submit(body),
    },
    { path: '/mpesa/stkpushquery/v1/query', product: 'stk', handle: (body) => stk.query(body) },
    ...([1, 2] as const).flatMap((version): WireApi[] => [
      {
        path: `/mpesa/c2b/v${version}/registerurl`,
        product: 'c2b',
        handle: (body) => c2b.register(body, version),
      },
      {
        path: `/mpesa/c2b/v${version}/simulate`,
        product: 'c2b',
        handle: (body) => c2b.simulate(body, version),
      },
    ]),
    ...([1, 3] as const).map((version): WireApi => ({
      path: `/mpesa/b2c/v${version}/paymentrequest`,
      product: 'b2c',
      handle: (body) => b2c.request(body, version),
    })),
    { path: '/mpesa/b2b/v1/paymentrequest', product: 'b2b', handle: (body) => b2b.request(body) },
    { path: '/mpesa/qrcode/v1/generate', product: 'qr', handle: (body) => qr.generate(body) },
    {
      path: '/mpesa/transactionstatus/v1/query',
      product: 'status',
      handle: (body) => status.request(body),
    },
    {
      path: '/mpesa/accountbalance/v1/query',
      product: 'balance',
      handle: (body) => balance.request(body),
    },
    {
      path: '/mpesa/reversal/v1/request',
      product: 'reversal',
      handle: (body) => reversal.request(body),
    },
    { path: '/pulltransactions/v1/register', product: 'pull', handle: (b) => pull.register(b) },
    {
      path: '/pulltransactions/v1/query',
      product: 'pull',
      alsoGet: true,
      handle: (body) => pull.query(body),
    },
  ];
};
