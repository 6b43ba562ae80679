export type { MoneyInEvent, ReceivedEvent } from './callbacks/service.ts';
export {
  exceptionKinds,
  type Exception,
  type ExceptionKind,
  type ExceptionPage,
  type NewException,
} from './exceptions/store.ts';
export type { ExportRefusal } from './exports/service.ts';
export { isTransient, type FixRefusal } from './fixes/errors.ts';
export { factsOf, fixKinds, type AppliedFix, type Fix, type FixKind } from './fixes/fix.ts';
export type { FixOrder, RequestRefund } from './fixes/service.ts';
export type { Allocation } from './fixes/store.ts';
export type { ListedGroup, ListedOutcome } from './lists/service.ts';
export { payerForPeople } from './judge.ts';
export type { PaymentFilter } from './pages/store.ts';
export type { Payment, PaymentState, Road } from './payments/store.ts';
export type { ReceiptStanding } from './receipts/service.ts';
export type { PaymentSearch } from './searches/store.ts';
export type { Prompt } from './prompts/prompt.ts';
export { createCollections, type Collections, type CollectionsDeps } from './service.ts';
export type { Reason } from './suggestions/reason.ts';
export type { Proposed } from './suggestions/service.ts';
export type { UndoOrder } from './undo/service.ts';
