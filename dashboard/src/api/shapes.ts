import type {
  auditPageSchema,
  chargePageSchema,
  chargeTraceSchema,
  chargePaySchema,
  exceptionPageSchema,
  exceptionTraceSchema,
  FixAsked,
  fixAnswerSchema,
  paymentPageSchema,
  paymentTraceSchema,
  proofSchema,
  receiptStandingSchema,
  sessionListSchema,
  statementPageSchema,
  transferPageSchema,
  transferTraceSchema,
} from '#api/contract';
import type { z } from 'zod';

/** The forms of what the engine answers, as its contract has them. */
export type PaymentPage = z.output<typeof paymentPageSchema>;
export type PaymentTraceView = z.output<typeof paymentTraceSchema>;
export type ExceptionPage = z.output<typeof exceptionPageSchema>;
export type ExceptionTraceView = z.output<typeof exceptionTraceSchema>;
export type FixAnswerView = z.output<typeof fixAnswerSchema>;
export type FixKindName = FixAsked['kind'];
export type ChargePage = z.output<typeof chargePageSchema>;
export type ChargeTraceView = z.output<typeof chargeTraceSchema>;
export type ProofView = z.output<typeof proofSchema>;
export type StatementPage = z.output<typeof statementPageSchema>;
export type TransferPage = z.output<typeof transferPageSchema>;
export type TransferTraceView = z.output<typeof transferTraceSchema>;
export type AuditPage = z.output<typeof auditPageSchema>;
export type SessionListView = z.output<typeof sessionListSchema>;
export type ReceiptStandingView = z.output<typeof receiptStandingSchema>;
export type ChargePayView = z.output<typeof chargePaySchema>;
