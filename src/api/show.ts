import {
  decimalOf,
  floorShillings,
  idFromNumber,
  isoOf,
  maskMsisdn,
  type EpochMs,
  type Msisdn,
} from '#kernel';
import type { Charge } from '#billing';
import { payerForPeople, type Payment, type Prompt } from '#collections';
import type { EvidenceView } from '#evidence';
import type { LedgerEntryView } from '#ledger';
import type { PayeeView as Payee, Transfer, TransferNotes } from '#transfers';
import type { ChargeView, PayeeView, PaymentView, TransferView } from '#api/contract';

/** Domain values as the contract writes them: money exact, times in UTC, phones masked. */

const timeOrNull = (at: EpochMs | undefined): string | null =>
  at === undefined ? null : isoOf(at);
const phoneOrNull = (msisdn: Msisdn | undefined): string | null =>
  msisdn === undefined ? null : maskMsisdn(msisdn);

export const showMoney = (amountMinor: bigint) => ({
  amount: floorShillings(amountMinor),
  amountDecimal: decimalOf(amountMinor),
  currency: 'KES' as const,
});

export const showCharge = (charge: Charge): ChargeView => ({
  id: charge.id,
  state: charge.state,
  stream: charge.streamId,
  rail: charge.rail,
  ...showMoney(charge.amountMinor),
  reference: charge.reference,
  description: charge.description,
  phone: phoneOrNull(charge.msisdn),
  consent: charge.consent === undefined ? null : showConsent(charge.consent),
  fallback: charge.fallback === undefined ? null : showFallback(charge.fallback),
  paymentId: charge.paymentId ?? null,
  reason: charge.reason ?? null,
  createdBy: charge.createdBy,
  createdAt: isoOf(charge.createdAt),
  expiresAt: isoOf(charge.expiresAt),
});

const showConsent = ({ basis, givenAt }: NonNullable<Charge['consent']>) => ({
  basis,
  givenAt: isoOf(givenAt),
});

const showFallback = ({ rail, msisdn, usedAt }: NonNullable<Charge['fallback']>) => ({
  rail,
  phone: maskMsisdn(msisdn),
  usedAt: usedAt === undefined ? null : isoOf(usedAt),
});

export const showPrompt = (prompt: Prompt) => ({
  id: prompt.id,
  rail: prompt.rail,
  state: prompt.state,
  providerRequestId: prompt.providerRequestId ?? null,
  code: prompt.code ?? null,
  reason: prompt.reason ?? null,
  plannedAt: isoOf(prompt.plannedAt),
  settledAt: timeOrNull(prompt.settledAt),
});

/** What was earned and has gone back to its payer is earned no more. */
export function earnedOf({ state, refund, reversal, earnedMinor }: Payment): bigint {
  const back = state === 'refunded' ? refund : reversal;
  return back?.from === 'earned' ? earnedMinor - back.amountMinor : earnedMinor;
}

export const showPayment = (payment: Payment): PaymentView => ({
  id: payment.id,
  type: payment.rail,
  rail: payment.rail,
  receipt: payment.receipt,
  ...showMoney(payment.amountMinor),
  state: payment.state,
  earnedDecimal: decimalOf(earnedOf(payment)),
  stream: payment.earnedBy ?? null,
  chargeId: payment.chargeId ?? null,
  accountReference: payment.accountReference,
  payer: payerForPeople(payment.payer) ?? null,
  payerName: payment.payerName ?? null,
  road: payment.road,
  occurredAt: isoOf(payment.occurredAt),
  bookedAt: isoOf(payment.bookedAt),
  businessDate: payment.businessDate,
});

const decimalOrNull = (amountMinor: bigint | undefined): string | null =>
  amountMinor === undefined ? null : decimalOf(amountMinor);

export const showTransfer = (
  transfer: Transfer,
  { expectedFeeMinor, explanation }: TransferNotes,
): TransferView => ({
  id: transfer.id,
  type: transfer.rail,
  rail: transfer.rail,
  kind: transfer.kind,
  state: transfer.state,
  ...showMoney(transfer.amountMinor),
  feeDecimal: decimalOrNull(transfer.feeMinor),
  expectedFeeDecimal: decimalOrNull(expectedFeeMinor),
  payoutNumber: phoneOrNull(transfer.msisdn),
  payeeId: transfer.payeeId ?? null,
  refund: showRefund(transfer.refund),
  // Whoever reads it on the phone shows whose phone it is: it is told nowhere else.
  receipt: transfer.kind === 'test' ? null : (transfer.receipt ?? null),
  providerRequestId: transfer.providerRequestId ?? null,
  why: transfer.why,
  requestedBy: transfer.requestedBy,
  code: transfer.code ?? null,
  description: transfer.description ?? null,
  reason: transfer.reason ?? null,
  explanation: explanation === undefined ? null : showExplanation(explanation),
  settledBy: transfer.settledBy ?? null,
  businessDate: transfer.businessDate,
  plannedAt: isoOf(transfer.plannedAt),
  sentAt: timeOrNull(transfer.sentAt),
  settledAt: timeOrNull(transfer.settledAt),
});

const showRefund = (refund: Transfer['refund']): TransferView['refund'] =>
  refund === undefined
    ? null
    : { paymentId: refund.paymentId, receipt: refund.receipt, by: refund.by };

const showExplanation = ({
  code,
  known,
  class: kind,
  meaning,
  advice,
}: NonNullable<TransferNotes['explanation']>) => ({ code, known, class: kind, meaning, advice });

export const showPayee = (payee: Payee): PayeeView => ({
  id: payee.id,
  type: payee.rail,
  number: maskMsisdn(payee.msisdn),
  label: payee.label,
  state: payee.state,
  confirmed: payee.confirmed,
  bySandbox: payee.bySandbox,
  active: payee.active,
  coolingUntil: timeOrNull(payee.coolingUntil),
  warning: payee.warning ?? null,
  testId: payee.testId ?? null,
  addedBy: payee.addedBy,
  addedAt: isoOf(payee.addedAt),
  confirmedBy: payee.confirmedBy ?? null,
  confirmedAt: timeOrNull(payee.confirmedAt),
});

export const showEvidence = (view: EvidenceView) => ({
  kind: view.kind,
  callbackId: view.callbackId ?? null,
  channel: view.channel ?? null,
  receivedAt: timeOrNull(view.receivedAt),
  digest: view.digest ?? null,
  recordedAt: isoOf(view.recordedAt),
});

export const showEntry = (entry: LedgerEntryView) => ({
  transactionId: idFromNumber('ledgerTransaction', entry.transactionId),
  kind: entry.kind,
  account: entry.account,
  currency: entry.currency,
  amountDecimal: decimalOf(entry.amountMinor),
  postedAt: isoOf(entry.postedAt),
});
