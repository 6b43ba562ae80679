export {
  chargeOrderSchema,
  chargePageSchema,
  chargeQuerySchema,
  chargeSchema,
  chargeStateSchema,
  chargeTraceSchema,
  promptSchema,
  type ChargeView,
} from './charge.ts';
export {
  checkoutAnswerSchema,
  checkoutOrderSchema,
  checkoutStateSchema,
  checkoutTokenSchema,
  payInstructionsSchema,
  type PayInstructions,
} from './checkout.ts';
export {
  digestSchema,
  eventQuerySchema,
  eventSchema,
  type Digest,
  type Event,
  type EventForm,
} from './event.ts';
export {
  exceptionPageSchema,
  exceptionQuerySchema,
  exceptionSchema,
  exceptionTraceSchema,
  fixAnswerSchema,
  fixOrderSchema,
  undoOrderSchema,
  type FixAsked,
} from './exception.ts';
export { chargePaySchema, receiptParamsSchema, receiptStandingSchema } from './counter.ts';
export { auditPageSchema, auditQuerySchema, auditRecordSchema, proofSchema } from './oversight.ts';
export { historyQuerySchema, historySchema, type HistoryView } from './history.ts';
export { pageLimitMax } from './page.ts';
export {
  payeeConfirmationSchema,
  payeeListSchema,
  payeeOrderSchema,
  payeeSchema,
  type PayeeView,
} from './payee.ts';
export {
  evidenceSchema,
  ledgerEntrySchema,
  paymentExportQuerySchema,
  paymentPageSchema,
  paymentQuerySchema,
  paymentSchema,
  type PaymentView,
} from './payment.ts';
export { paymentTraceSchema } from './payment-trace.ts';
export {
  problemContentType,
  problemSchema,
  problemTitles,
  problemType,
  type Problem,
  type ProblemKind,
} from './problem.ts';
export {
  pushDeviceSchema,
  pushOrderSchema,
  pushSchema,
  type PushDeviceView,
  type PushTopic,
  type PushView,
} from './push.ts';
export {
  loginAnswerSchema,
  loginOrderSchema,
  sessionListSchema,
  sessionSchema,
  verifyAnswerSchema,
  verifyOrderSchema,
} from './session.ts';
export {
  engineStatusSchema,
  healthSchema,
  holdReasonSchema,
  statusSchema,
  switchAnswerSchema,
  switchOrderSchema,
  type Status,
} from './status.ts';
export {
  reconciliationQuerySchema,
  reconciliationSchema,
  statementHeadersSchema,
  statementListQuerySchema,
  statementPageSchema,
  statementParamsSchema,
  statementPreviewSchema,
  statementQuerySchema,
  statementSchema,
  type ReconciledDayView,
  type ReconciliationView,
  type StatementPreviewView,
  type StatementView,
} from './statement.ts';
export {
  diagnosticsSchema,
  systemSchema,
  type DiagnosticsView,
  type SystemView,
  type Verdict,
} from './system.ts';
export type { ReasonView } from './suggestion-reason.ts';
export { streamDaysShown, streamListSchema, type StreamListView } from './stream.ts';
export { resetAnswerSchema, targetAnswerSchema, targetOrderSchema } from './target.ts';
export {
  cancellationOrderSchema,
  previewQuerySchema,
  settlementOrderSchema,
  topUpOrderSchema,
  transferKindSchema,
  transferOrderSchema,
  transferPageSchema,
  transferPreviewSchema,
  transferQuerySchema,
  transferSchema,
  transferStateSchema,
  transferTraceSchema,
  type TransferPreviewView,
  type TransferView,
} from './transfer.ts';
export { type TargetType } from './words.ts';
export {
  breakerAnswerSchema,
  breakerOrderSchema,
  hoursMax,
  weatherQuerySchema,
  weatherSchema,
  type RailSky,
  type WeatherView,
} from './weather.ts';
