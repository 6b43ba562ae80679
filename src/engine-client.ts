import { err, ok, type RailId, type Result } from '#kernel';
import {
  chargeTraceSchema,
  exceptionPageSchema,
  exceptionTraceSchema,
  fixAnswerSchema,
  paymentPageSchema,
  paymentTraceSchema,
  problemSchema,
  proofSchema,
  statusSchema,
  transferPageSchema,
  transferTraceSchema,
  type Status,
  type TransferView,
} from '#api/contract';
import {
  exitCodes,
  notRunning,
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
}

const timeoutMs = 10_000;

const refused = (message: string): Refused => ({ message, exitCode: exitCodes.refused });

export function createEngineClient(engine: {
  readonly url: string;
  readonly token: string;
}): EngineClient {
  const ask = async <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    { waitMs = timeoutMs, body: sent }: { readonly waitMs?: number; readonly body?: object } = {},
  ): Promise<Result<z.output<Schema>, Refused>> => {
    let answer: Response;
    try {
      answer = await fetch(`${engine.url}${path}`, {
        headers: {
          authorization: `Bearer ${engine.token}`,
          ...(sent !== undefined && { 'content-type': 'application/json' }),
        },
        signal: AbortSignal.timeout(waitMs),
        ...(sent !== undefined && { method: 'POST', body: JSON.stringify(sent) }),
      });
    } catch {
      return err(notRunning);
    }
    const body: unknown = await answer.json().catch(() => undefined);
    if (!answer.ok) return err(refused(detailOf(body) ?? `The engine answered ${answer.status}.`));
    const parsed = schema.safeParse(body);
    return parsed.success
      ? ok(parsed.data)
      : err(refused('The running engine is of another version than this command. Restart it.'));
  };

  const status = (): Promise<Result<Status, Refused>> =>
    ask('/api/qmoi/revenue/status', statusSchema);

  const traceTransfer = async (reference: string): Promise<Result<Trace, Refused>> => {
    const path = `/api/qmoi/revenue/transfers/${encodeURIComponent(reference)}`;
    const trace = await ask(path, transferTraceSchema);
    return trace.ok ? ok({ kind: 'transfer', trace: trace.value }) : trace;
  };

  return {
    status,

    snapshot: async () => {
      const answer = await status();
      if (!answer.ok) return undefined;
      const newest = await ask('/api/qmoi/revenue/transactions?limit=1', paymentPageSchema);
      return { status: answer.value, lastPayment: newest.ok ? newest.value.items[0] : undefined };
    },

    proof: async () => {
      const proof = await ask('/api/qmoi/proof', proofSchema, { waitMs: proofTimeoutMs });
      return proof.ok ? ok(proof.value.checks) : proof;
    },

    trace: async (reference) => {
      const segment = encodeURIComponent(reference);
      if (reference.startsWith('tr_')) return traceTransfer(reference);
      if (reference.startsWith('ch_')) {
        const trace = await ask(`/api/qmoi/charges/${segment}`, chargeTraceSchema);
        return trace.ok ? ok({ kind: 'charge', trace: trace.value }) : trace;
      }
      const path = `/api/qmoi/revenue/transactions/${segment}`;
      const trace = await ask(path, paymentTraceSchema);
      return trace.ok ? ok({ kind: 'payment', trace: trace.value }) : trace;
    },

    exceptions: async ({ limit, all }) => {
      const state = all ? '' : '&state=open';
      const page = await ask(`/api/qmoi/exceptions?limit=${limit}${state}`, exceptionPageSchema);
      return page.ok ? ok(page.value.items) : page;
    },

    exception: (id) => ask(exceptionPath(id), exceptionTraceSchema),
    fixException: (id, body) => ask(`${exceptionPath(id)}/fix`, fixAnswerSchema, { body }),
    undoFix: (id, body) => ask(`${exceptionPath(id)}/undo`, fixAnswerSchema, { body }),

    transfers: async ({ limit, rail }) => {
      const only = rail === undefined ? '' : `&rail=${rail}`;
      const path = `/api/qmoi/revenue/transfers?limit=${limit}${only}`;
      const page = await ask(path, transferPageSchema);
      return page.ok ? ok(page.value.items) : page;
    },
  };
}

const exceptionPath = (id: string): string => `/api/qmoi/exceptions/${encodeURIComponent(id)}`;

/** Every entry is read once more: books of millions take a while. */
const proofTimeoutMs = 600_000;

/** What mends it, with what is wrong with each member where that is told. */
function detailOf(body: unknown): string | undefined {
  const problem = problemSchema.safeParse(body);
  if (!problem.success) return undefined;
  const { detail, errors = [] } = problem.data;
  return [detail, ...errors.map(({ message }) => message)].join('\n');
}
