import { shillings, type RailId } from '#kernel';
import type {
  BalanceAnswer,
  CallbackReading,
  FeeQuestion,
  PaymentList,
  PayoutReference,
  PayoutRequest,
  PayoutSubmission,
  PayoutVerdict,
  PromptReference,
  PromptRequest,
  PromptSubmission,
  PromptVerdict,
  Rail,
  RailCapabilities,
  RailEvent,
  RefundReference,
  RefundRequest,
  TopUps,
} from '#rails';

import { readScriptedStatement } from './scripted-statement.ts';

type Answer<Request, Word> = (request: Request) => Word | Promise<Word>;

type TopUpRequest = Parameters<TopUps['send']>[0];

/** What the provider does from now on; a test sets what it cares about. */
export interface RailScript {
  prompt: Answer<PromptRequest, PromptSubmission>;
  promptVerdict: Answer<PromptReference, PromptVerdict>;
  payout: Answer<PayoutRequest, PayoutSubmission>;
  payoutVerdict: Answer<PayoutReference, PayoutVerdict>;
  refund: Answer<RefundRequest, PayoutSubmission>;
  refundVerdict: Answer<RefundReference, PayoutVerdict>;
  topUp: Answer<TopUpRequest, PayoutSubmission>;
  topUpVerdict: Answer<PayoutReference, PayoutVerdict>;
  explain: NonNullable<Rail['explain']>;
  balance: () => BalanceAnswer;
  list: () => PaymentList;
  /** By the provider's tariff; unknown until a test says it. */
  fee: (question: FeeQuestion) => bigint | undefined;
  receipt: Answer<string, { readonly kind: 'asked' } | { kind: 'unknown'; cause: string }>;
}

export interface ScriptedRail {
  readonly rail: Rail;
  readonly script: RailScript;
  /** Everything that went out, oldest first. */
  readonly prompts: PromptRequest[];
  readonly promptQueries: PromptReference[];
  readonly payouts: PayoutRequest[];
  readonly payoutQueries: PayoutReference[];
  readonly refunds: RefundRequest[];
  readonly refundQueries: RefundReference[];
  readonly topUps: TopUpRequest[];
  readonly topUpQueries: PayoutReference[];
  readonly receiptQuestions: string[];
}

const minuteMs = 60_000;

const shared = {
  promptMinor: { min: shillings(1), max: shillings(250_000) },
  payoutMinor: { min: shillings(10), max: shillings(250_000) },
  payoutDailyMaxMinor: shillings(500_000),
  referenceLengthMax: 12,
  descriptionLengthMax: 13,
  payoutIdsGuarded: false,
} satisfies Partial<RailCapabilities>;

const capabilitiesOf: Record<RailId, RailCapabilities> = {
  mpesa: {
    ...shared,
    promptQueryAfterMs: [15_000, 30_000, minuteMs, 5 * minuteMs],
    payoutQueryAfterMs: [minuteMs, 3 * minuteMs, 10 * minuteMs],
    notFoundFinalAfterMs: 24 * 60 * minuteMs,
    queryNamesReceipt: false,
    channels: [
      'stk-result',
      'paybill-confirmation',
      'paybill-validation',
      'payout-result',
      'payout-timeout',
      'status-result',
      'status-timeout',
      'balance-result',
      'balance-timeout',
      'refund-result',
      'refund-timeout',
      'top-up-result',
      'top-up-timeout',
    ],
  },
  airtel: {
    ...shared,
    promptQueryAfterMs: [3 * minuteMs, 4 * minuteMs, 20 * minuteMs],
    payoutQueryAfterMs: [minuteMs, 3 * minuteMs, 20 * minuteMs],
    notFoundFinalAfterMs: 15 * minuteMs,
    queryNamesReceipt: true,
    channels: ['airtel-result'],
  },
};

/** Callbacks of scripted rails are events as JSON, amounts written as `"500n"`. */
export const bodyOf = (event: RailEvent): Buffer =>
  Buffer.from(
    JSON.stringify(event, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)),
  );

function readScripted(body: Buffer): CallbackReading {
  if (body.toString() === 'fault') throw new TypeError('the rail has a fault');
  try {
    const event = JSON.parse(body.toString(), (_, value: unknown) =>
      typeof value === 'string' && /^-?\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
    ) as RailEvent;
    return { kind: 'event', event };
  } catch {
    return { kind: 'unreadable', why: 'not JSON' };
  }
}

const unanswered = { kind: 'unknown', cause: 'timeout' } as const;

/** A rail behind the port, whose provider does what the test says. */
export function createScriptedRail(
  id: RailId,
  capabilities: Partial<RailCapabilities> = {},
): ScriptedRail {
  let count = 0;
  const script: RailScript = {
    prompt: ({ ownId }) => {
      count += 1;
      const providerRequestId = id === 'mpesa' ? `ws_CO_${count}` : ownId;
      return { kind: 'accepted', providerRequestId };
    },
    promptVerdict: () => ({ kind: 'pending' }),
    payout: ({ ownId }) => ({ kind: 'accepted', providerRequestId: `AG_${ownId}` }),
    payoutVerdict: () => ({ kind: 'pending' }),
    // A reversal and a move of own money carry the provider's ids alone.
    refund: ({ receipt }) => ({ kind: 'accepted', providerRequestId: `AG_R_${receipt}` }),
    refundVerdict: () => ({ kind: 'pending' }),
    topUp: ({ ownId }) => ({ kind: 'accepted', providerRequestId: `AG_T_${ownId}` }),
    topUpVerdict: () => ({ kind: 'pending' }),
    explain: (code) => ({
      code,
      known: false,
      class: 'unknown',
      reason: 'other',
      meaning: 'Nobody knows this code.',
      advice: 'Look into the portal.',
    }),
    balance: () => unanswered,
    list: () => unanswered,
    receipt: () => ({ kind: 'asked' }),
    fee: () => undefined,
  };
  const prompts: PromptRequest[] = [];
  const promptQueries: PromptReference[] = [];
  const payouts: PayoutRequest[] = [];
  const payoutQueries: PayoutReference[] = [];
  const refunds: RefundRequest[] = [];
  const refundQueries: RefundReference[] = [];
  const topUps: TopUpRequest[] = [];
  const topUpQueries: PayoutReference[] = [];
  const receiptQuestions: string[] = [];
  const noted = async <Request, Word>(
    to: Request[],
    request: Request,
    answer: Answer<Request, Word>,
  ): Promise<Word> => {
    to.push(request);
    return answer(request);
  };
  const rail: Rail = {
    id,
    capabilities: { ...capabilitiesOf[id], ...capabilities },
    sendPrompt: (request) => noted(prompts, request, script.prompt),
    queryPrompt: (reference) => noted(promptQueries, reference, script.promptVerdict),
    sendPayout: (request) => noted(payouts, request, script.payout),
    queryPayout: (reference) => noted(payoutQueries, reference, script.payoutVerdict),
    refunds: {
      send: (request) => noted(refunds, request, script.refund),
      query: (reference) => noted(refundQueries, reference, script.refundVerdict),
    },
    explain: (code, subject) => script.explain(code, subject),
    queryBalance: async () => script.balance(),
    listPayments: async () => script.list(),
    ...(id === 'mpesa'
      ? {
          topUps: {
            fromWallet: 'Working Account',
            send: (request: TopUpRequest) => noted(topUps, request, script.topUp),
            query: (reference: PayoutReference) =>
              noted(topUpQueries, reference, script.topUpVerdict),
          },
          receiptLookup: {
            ask: ({ receipt }: { readonly receipt: string }) =>
              noted(receiptQuestions, receipt, script.receipt),
          },
        }
      : {}),
    readStatement: (table) => readScriptedStatement(id, table),
    feeMinor: (question) => script.fee(question),
    readCallback: ({ body }) => readScripted(body),
    acknowledge: () => ({ statusCode: 200, body: 'received' }),
  };
  return {
    rail,
    script,
    prompts,
    promptQueries,
    payouts,
    payoutQueries,
    refunds,
    refundQueries,
    topUps,
    topUpQueries,
    receiptQuestions,
  };
}
