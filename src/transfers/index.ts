export type { HoldReason, SweepDecision, SweepSettings } from './decide.ts';
export { isTransient, type TransferRefusal } from './errors.ts';
export type { MoneyOutEvent, PayoutEvent } from './payouts/service.ts';
export {
  createTransfers,
  type SweepOutlook,
  type TransferOrder,
  type Transfers,
  type TransfersDeps,
  type Trouble,
} from './service.ts';
export type { ListedPayout, ListedPayoutOutcome } from './statements/service.ts';
export type { TransferPage } from './store.ts';
export type { Transfer, TransferState } from './transfer.ts';
