export type { HoldReason, SweepDecision, SweepSettings } from './decide.ts';
export type { RefundEnd, TransfersDeps, Trouble } from './deps.ts';
export {
  isTransient,
  type CancellationRefusal,
  type PayeeRefusal,
  type SettlementRefusal,
  type TransferRefusal,
} from './errors.ts';
export type { Cancellation } from './cancellations/service.ts';
export { feeByTariff } from './fees.ts';
export type { RefundOrder, TestOrder, TopUpOrder, TransferOrder } from './orders/service.ts';
export type { Payees, PayeeView } from './payees/service.ts';
export type { MoneyOutEvent, PayoutEvent } from './payouts/service.ts';
export { previewKinds, type PreviewQuestion, type TransferPreview } from './previews/service.ts';
export type { QuietHours } from './quiet.ts';
export type { TransferPage } from './records/store.ts';
export {
  createTransfers,
  type SweepOutlook,
  type TransferNotes,
  type Transfers,
} from './service.ts';
export type { Settlement } from './settlements/service.ts';
export {
  transferKinds,
  type RefundedPayment,
  type Road,
  type Transfer,
  type TransferKind,
  type TransferState,
} from './transfer.ts';
export type { ListedPayout, ListedPayoutOutcome } from './statements/service.ts';
