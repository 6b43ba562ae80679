export {
  customerCredit,
  fees,
  ownerCapital,
  ownerDrawings,
  railCharges,
  railCollection,
  revenue,
  suspense,
  transferInFlight,
  type Account,
  type AccountKind,
} from './account.ts';
export { isTransient, type LedgerRefusal } from './errors.ts';
export { checkOf, type ProofCheck } from './proof.ts';
export { createLedger, type Ledger } from './service.ts';
export type { AccountBalance, LedgerEntryView } from './store.ts';
export { credit, debit, type Entry, type Posting } from './transaction.ts';
