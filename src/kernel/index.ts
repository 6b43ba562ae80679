export { type Brand } from './brand.ts';
export {
  type BusinessDate,
  businessDateOf,
  businessDayFraction,
  dayNumberOf,
  compactNairobi,
  dayMs,
  nairobiHourOf,
  nextBusinessDate,
  parseBusinessDate,
  parseCompactNairobi,
  startOfBusinessDay,
} from './business-day.ts';
export {
  type Clock,
  createVirtualClock,
  createWallClock,
  type EpochMs,
  isoOf,
  parseIso,
  type Timer,
  type VirtualClock,
  secondOf,
} from './clock.ts';
export {
  type AuditId,
  type BusinessId,
  type CallbackId,
  type ChargeId,
  createIdSource,
  type EventId,
  type ExceptionId,
  firstBusinessId,
  type FixId,
  type Id,
  idFromNumber,
  idMadeAt,
  type IdKind,
  idNumberAt,
  idPrefixes,
  idSpanOf,
  type IdSource,
  type LedgerTransactionId,
  numberFromId,
  parseId,
  type PayeeId,
  type PaymentId,
  type PromptId,
  type PushDeviceId,
  type PushNoteId,
  type SessionId,
  shardCount,
  type StatementId,
  type StatementLineId,
  type TransferId,
  type VerificationId,
} from './ids.ts';
export { invariant, InvariantViolation, unreachable } from './invariant.ts';
export {
  allocate,
  currencies,
  type Currency,
  decimalOf,
  floorShillings,
  formatMoney,
  minorPerMajor,
  type MoneyRefusal,
  parseAmountMinor,
  shillings,
  toWholeShillings,
} from './money.ts';
export {
  maskMsisdn,
  type Msisdn,
  type MsisdnRefusal,
  nationalOf,
  parseMsisdn,
  railHintOf,
} from './msisdn.ts';
export { createPrng, type Prng } from './prng.ts';
export { type RailId, railIds, railNames } from './rail-id.ts';
export { err, ok, type Result } from './result.ts';
export { Secret } from './secret.ts';
