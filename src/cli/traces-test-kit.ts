import type { ChargeTrace, PaymentTrace, TransferTrace } from './deps.ts';

/** What the engine answers about one transfer, charge or payment, for tests of the commands. */

const evidence = (channel: string, at: string) => ({
  kind: 'callback',
  callbackId: 'cb_0000000000001',
  channel,
  receivedAt: at,
  digest: '0123456789abcdef0123456789abcdef',
  recordedAt: at,
});

const entries = (kind: string, at: string, amounts: readonly (readonly [string, string])[]) =>
  amounts.map(([account, amountDecimal]) => ({
    transactionId: 'tx_0000000000001',
    kind,
    account,
    currency: 'KES',
    amountDecimal,
    postedAt: at,
  }));

export const testTransferTrace = {
  transfer: {
    id: 'tr_0000000000001',
    type: 'mpesa',
    rail: 'mpesa',
    kind: 'auto',
    state: 'completed',
    amount: 2_000,
    amountDecimal: '2000.00',
    feeDecimal: '13.00',
    expectedFeeDecimal: null,
    currency: 'KES',
    payoutNumber: '2547•••••001',
    payeeId: null,
    refund: null,
    receipt: 'TKN4XQ81ZB',
    providerRequestId: null,
    why: 'daily transfer',
    requestedBy: 'engine:sweep',
    code: '0',
    description: null,
    reason: null,
    explanation: null,
    settledBy: null,
    businessDate: '2026-11-23',
    plannedAt: '2026-11-23T11:00:00.000Z',
    sentAt: '2026-11-23T11:00:01.000Z',
    settledAt: '2026-11-23T11:00:04.000Z',
  },
  evidence: [evidence('payout-result', '2026-11-23T11:00:04.000Z')],
  entries: entries('transfer-completed', '2026-11-23T11:00:04.000Z', [
    ['owner:drawings:mpesa', '2000.00'],
    ['transfer:in_flight:mpesa', '-2000.00'],
  ]),
} satisfies TransferTrace;

const testCharge = {
  id: 'ch_0000000000001',
  state: 'paid',
  stream: 'ai-services',
  rail: 'mpesa',
  amount: 450,
  amountDecimal: '450.00',
  currency: 'KES',
  reference: '7K2M9QXD',
  description: 'Credit',
  phone: '2547•••••149',
  consent: { basis: 'payer-act', givenAt: '2026-11-23T11:03:50.000Z' },
  fallback: null,
  paymentId: 'pay_0000000000001',
  reason: null,
  createdBy: 'payer',
  createdAt: '2026-11-23T11:03:50.000Z',
  expiresAt: '2026-11-23T11:33:50.000Z',
} as const;

const testPrompt = {
  id: 'pr_0000000000001',
  rail: 'mpesa',
  state: 'paid',
  providerRequestId: 'ws_CO_231120261403',
  code: '0',
  reason: null,
  plannedAt: '2026-11-23T11:03:51.000Z',
  settledAt: '2026-11-23T11:04:00.000Z',
} as const;

export const testChargeTrace: ChargeTrace = {
  charge: testCharge,
  prompts: [testPrompt],
  payments: ['pay_0000000000001'],
};

export const testPaymentTrace: PaymentTrace = {
  allocations: [],
  exceptions: [],
  fixes: [],
  refund: null,
  reversal: null,
  payment: {
    id: 'pay_0000000000001',
    type: 'mpesa',
    rail: 'mpesa',
    receipt: 'TKN0AB12CD',
    amount: 450,
    amountDecimal: '450.00',
    currency: 'KES',
    state: 'earned',
    earnedDecimal: '450.00',
    stream: 'ai-services',
    chargeId: 'ch_0000000000001',
    accountReference: '7K2M9QXD',
    payer: '2547•••••149',
    payerName: null,
    road: 'stk-callback',
    occurredAt: '2026-11-23T11:03:59.000Z',
    bookedAt: '2026-11-23T11:04:00.000Z',
    businessDate: '2026-11-23',
  },
  charge: testCharge,
  prompts: [testPrompt],
  evidence: [evidence('stk-result', '2026-11-23T11:04:00.000Z')],
  entries: entries('payment', '2026-11-23T11:04:00.000Z', [
    ['rail:mpesa:collection', '450.00'],
    ['revenue:ai-services', '-450.00'],
  ]),
};
