export { hasEnded, isPayable, type Charge, type ChargeState, type Consent } from './charge.ts';
export { isTransient, type ChargeRefusal } from './errors.ts';
export { nearReferenceTo } from './near-reference.ts';
export { createBilling, type Billing, type BillingDeps, type ChargeOrder } from './service.ts';
export type { ChargePage } from './pages/store.ts';
export type { ChargeChange } from './store.ts';
export type { WaitingQuestion } from './waiting/store.ts';
