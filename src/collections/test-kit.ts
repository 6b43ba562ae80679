import { shillings } from '#kernel';
import type { OwnIdHint, PayerPayment, PromptResult, ReceiptReport } from '#rails';

type Paid = Extract<PromptResult, { verdict: 'paid' }>;
type Failed = Extract<PromptResult, { verdict: 'failed' }>;
type Found = Extract<ReceiptReport, { verdict: 'found' }>;

/** Callbacks as a rail reads them, for tests that change one thing at a time. */
export const stkPaid = (more: Partial<Paid> = {}): Paid => ({
  kind: 'prompt-result',
  code: '0',
  description: 'paid',
  providerRequestId: 'ws_CO_1',
  providerTraceId: undefined,
  verdict: 'paid',
  receipt: 'RCPT1',
  amountMinor: shillings(500),
  payer: '254712345678',
  occurredAt: undefined,
  ...more,
});

export const stkFailed = (more: Partial<Failed> = {}): Failed => ({
  kind: 'prompt-result',
  code: '1032',
  description: 'Request cancelled by user',
  providerRequestId: 'ws_CO_1',
  providerTraceId: undefined,
  verdict: 'failed',
  reason: 'payer-cancelled',
  ...more,
});

export const byHand = (more: Partial<PayerPayment> = {}): PayerPayment => ({
  kind: 'payer-payment',
  receipt: 'RCPT1',
  amountMinor: shillings(500),
  shortCode: '600111',
  accountReference: 'AI',
  payer: '2547*****678',
  payerName: 'WANJIKU',
  occurredAt: undefined,
  ...more,
});

export const found = (more: Partial<Found> = {}): Found => ({
  kind: 'receipt-report',
  code: '0',
  description: 'found',
  verdict: 'found',
  receipt: 'RCPT1',
  state: 'completed',
  amountMinor: shillings(500),
  occurredAt: undefined,
  originalOwnId: undefined,
  originalRequestId: undefined,
  ...more,
});

export const hint = (ownId: string, more: Partial<OwnIdHint> = {}): OwnIdHint => ({
  kind: 'own-id-hint',
  ownId,
  outcome: 'succeeded',
  receipt: undefined,
  authenticated: false,
  ...more,
});
