import { err, ok, type RailId, type Result } from '#kernel';
import {
  breakerAnswerSchema,
  chargeTraceSchema,
  exceptionPageSchema,
  payeeListSchema,
  payeeSchema,
  exceptionTraceSchema,
  fixAnswerSchema,
  paymentPageSchema,
  paymentTraceSchema,
  problemSchema,
  problemType,
  proofSchema,
  reconciliationSchema,
  statementPageSchema,
  statementPreviewSchema,
  statementSchema,
  statusSchema,
  transferPageSchema,
  transferPreviewSchema,
  transferSchema,
  transferTraceSchema,
  weatherSchema,
  type ReconciliationView,
  type StatementPreviewView,
  type StatementView,
  type Status,
  type TransferView,
  type WeatherView,
} from '#api/contract';
import {
  exitCodes,
  notRunning,
  type BreakerOrder,
  type ClosedBreaker,
  type PayoutDesk,
  type ExceptionTrace,
  type ExceptionView,
  type FixAnswer,
  type FixOrder,
  type Refused,
  type Snapshot,
  type Trace,
} from '#cli';
import type { ProofCheck } from '#ledger';
import type { z } from 'zod';

/** The running engine as the command line on the same machine reaches it: by its public API. */
export interface EngineClient {
  status(): Promise<Result<Status, Refused>>;
  snapshot(): Promise<Snapshot | undefined>;
  proof(): Promise<Result<readonly ProofCheck[], Refused>>;
  trace(reference: string): Promise<Result<Trace, Refused>>;
  exceptions(options: {
    readonly limit: number;
    readonly all: boolean;
  }): Promise<Result<readonly ExceptionView[], Refused>>;
  exception(id: string): Promise<Result<ExceptionTrace, Refused>>;
  fixException(id: string, order: FixOrder): Promise<Result<FixAnswer, Refused>>;
  undoFix(id: string, order: { readonly reason: string }): Promise<Result<FixAnswer, Refused>>;
  transfers(options: {
    readonly limit: number;
    readonly rail: RailId | undefined;
  }): Promise<Result<readonly TransferView[], Refused>>;
  weather(options: { readonly hours: number }): Promise<Result<WeatherView, Refused>>;
  closeBreaker(order: BreakerOrder): Promise<Result<ClosedBreaker, Refused>>;
  readonly payouts: PayoutDesk;
  previewStatement(order: {
    readonly file: Buffer;
    readonly name: string;
    readonly rail: RailId | undefined;
    readonly password: string | undefined;
  }): Promise<Result<StatementPreviewView, Refused>>;
  commitStatement(id: string): Promise<Result<StatementView, Refused>>;
  statements(options: {
    readonly limit: number;
  }): Promise<Result<readonly StatementView[], Refused>>;
  reconcile(options: {
    readonly date: string | undefined;
    readonly rail: RailId | undefined;
  }): Promise<Result<ReconciliationView, Refused>>;
}

const timeoutMs = 10_000;

/** An order may have been taken although its answer was lost. */
const unanswered: Refused = {
  message: 'The engine gave no answer, so it is not known whether the order was taken.',
  fix: 'Look with `npx qmoi transfers` or `npx qmoi payees` before you ask again.',
  exitCode: exitCodes.refused,
};

const refused = (message: string): Refused => ({ message, exitCode: exitCodes.refused });

export function createEngineClient(engine: {
  readonly url: string;
  readonly token: string;
}): EngineClient {
  const send = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    request: RequestInit & { readonly waitMs: number },
  ): Promise<Result<z.output<Schema>, Refused>> => {
    let answer: Response;
    const { waitMs, headers, ...rest } = request;
    try {
      answer = await fetch(`${engine.url}${path}`, {
        ...rest,
        headers: { authorization: `Bearer ${engine.token}`, ...headers },
        signal: AbortSignal.timeout(waitMs),
      });
    } catch {
      return err(rest.method === undefined ? notRunning : unanswered);
    }
    const body: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) return err(refusalIn(body, answer.status));
    const parsed = schema.safeParse(body);
    return parsed.success
      ? ok(parsed.data)
      : err(refused('The running engine is of another version than this command. Restart it.'));
  };
  const get = <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    waitMs = timeoutMs,
  ): Promise<Result<z.output<Schema>, Refused>> => send(path, schema, { waitMs });
  const post = <Schema extends z.ZodType>(path: string, schema: Schema, body: object) =>
    send(path, schema, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      waitMs: timeoutMs,
    });

  const status = (): Promise<Result<Status, Refused>> =>
    get('/api/qmoi/revenue/status', statusSchema);

  const traceTransfer = async (reference: string): Promise<Result<Trace, Refused>> => {
    const path = `/api/qmoi/revenue/transfers/${encodeURIComponent(reference)}`;
    const trace = await get(path, transferTraceSchema);
    return trace.ok ? ok({ kind: 'transfer', trace: trace.value }) : trace;
  };

  return {
    status,

    snapshot: async () => {
      const answer = await status();
      if (!answer.ok) return undefined;
      const newest = await get('/api/qmoi/revenue/transactions?limit=1', paymentPageSchema);
      return { status: answer.value, lastPayment: newest.ok ? newest.value.items[0] : undefined };
    },

    proof: async () => {
      const proof = await get('/api/qmoi/proof', proofSchema, proofTimeoutMs);
      return proof.ok ? ok(proof.value.checks) : proof;
    },

    trace: async (reference) => {
      const segment = encodeURIComponent(reference);
      if (reference.startsWith('tr_')) return traceTransfer(reference);
      if (reference.startsWith('ch_')) {
        const trace = await get(`/api/qmoi/charges/${segment}`, chargeTraceSchema);
        return trace.ok ? ok({ kind: 'charge', trace: trace.value }) : trace;
      }
      const path = `/api/qmoi/revenue/transactions/${segment}`;
      const trace = await get(path, paymentTraceSchema);
      return trace.ok ? ok({ kind: 'payment', trace: trace.value }) : trace;
    },

    exceptions: async ({ limit, all }) => {
      const state = all ? '' : '&state=open';
      const page = await get(`/api/qmoi/exceptions?limit=${limit}${state}`, exceptionPageSchema);
      return page.ok ? ok(page.value.items) : page;
    },

    exception: (id) => get(exceptionPath(id), exceptionTraceSchema),
    fixException: (id, body) => post(`${exceptionPath(id)}/fix`, fixAnswerSchema, body),
    undoFix: (id, body) => post(`${exceptionPath(id)}/undo`, fixAnswerSchema, body),

    transfers: async ({ limit, rail }) => {
      const only = rail === undefined ? '' : `&rail=${rail}`;
      const path = `/api/qmoi/revenue/transfers?limit=${limit}${only}`;
      const page = await get(path, transferPageSchema);
      return page.ok ? ok(page.value.items) : page;
    },

    weather: ({ hours }) => get(`/api/qmoi/weather?hours=${hours}`, weatherSchema),
    closeBreaker: (order) => post('/api/qmoi/weather/close-breaker', breakerAnswerSchema, order),
    payouts: {
      preview: ({ rail, amount, kind }) =>
        get(
          `${revenue}/transfers/preview?type=${rail}&amount=${amount}&kind=${kind}`,
          transferPreviewSchema,
        ),
      topUp: ({ rail, ...order }) =>
        post(`${revenue}/transfers/top-up`, transferSchema, { type: rail, ...order }),
      cancel: ({ id, ...order }) =>
        post(`${revenue}/transfers/${encodeURIComponent(id)}/cancel`, transferSchema, order),
      settle: ({ id, receipt, ...word }) =>
        post(`${revenue}/transfers/${encodeURIComponent(id)}/settle`, transferSchema, {
          ...word,
          ...(receipt === undefined ? { end: 'failed' } : { end: 'completed', receipt }),
        }),
      payees: async () => {
        const list = await get(`${revenue}/payees`, payeeListSchema);
        return list.ok ? ok(list.value.items) : list;
      },
      addPayee: ({ rail, ...order }) =>
        post(`${revenue}/payees`, payeeSchema, { type: rail, ...order }),
      testPayee: ({ id }) =>
        post(`${revenue}/payees/${encodeURIComponent(id)}/test`, transferSchema, {}),
      confirmPayee: ({ id, receipt }) =>
        post(`${revenue}/payees/${encodeURIComponent(id)}/confirm`, payeeSchema, { receipt }),
    },

    previewStatement: ({ file, name, rail, password }) => {
      const query = new URLSearchParams({ name, ...(rail === undefined ? {} : { rail }) });
      const secret =
        password === undefined ? {} : { [passwordHeader]: encodeURIComponent(password) };
      return send(`/api/qmoi/statements/preview?${query.toString()}`, statementPreviewSchema, {
        method: 'POST',
        // A copy that fetch may own, and that is certainly not shared memory.
        body: new Uint8Array(file),
        headers: { 'content-type': 'application/octet-stream', ...secret },
        waitMs: longTimeoutMs,
      });
    },

    commitStatement: (id) =>
      send(`/api/qmoi/statements/${encodeURIComponent(id)}/commit`, statementSchema, {
        method: 'POST',
        waitMs: longTimeoutMs,
      }),

    statements: async ({ limit }) => {
      const page = await get(`/api/qmoi/statements?limit=${limit}`, statementPageSchema);
      return page.ok ? ok(page.value.items) : page;
    },

    reconcile: ({ date, rail }) => {
      const query = new URLSearchParams({
        ...(date === undefined ? {} : { date }),
        ...(rail === undefined ? {} : { rail }),
      });
      return get(
        `/api/qmoi/reconciliation?${query.toString()}`,
        reconciliationSchema,
        longTimeoutMs,
      );
    },
  };
}

const revenue = '/api/qmoi/revenue';
const exceptionPath = (id: string): string => `/api/qmoi/exceptions/${encodeURIComponent(id)}`;

/** Every entry is read once more: books of millions take a while. */
const proofTimeoutMs = 600_000;
/** A statement of a year is read and booked line by line. */
const longTimeoutMs = 3_600_000;
const passwordHeader = 'x-statement-password';

const refusalIn = (body: unknown, status: number): Refused => {
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return refused(`The engine answered ${status}.`);
  const { type, detail, errors = [] } = problem.data;
  return {
    // What mends it, with what is wrong with each member or line where that is told.
    ...refused([detail, ...errors.map(({ path, message }) => `${path}: ${message}`)].join('\n')),
    needsPassword: type === problemType('statement-locked'),
  };
};
