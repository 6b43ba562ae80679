export type { MoneyInEvent, ReceivedEvent } from './callbacks/service.ts';
export {
  exceptionKinds,
  type Exception,
  type ExceptionKind,
  type ExceptionPage,
  type NewException,
} from './exceptions/store.ts';
export type { ListedGroup, ListedOutcome } from './lists/service.ts';
export { payerForPeople } from './judge.ts';
export type { Payment, PaymentFilter, Road } from './payments/store.ts';
export type { Prompt } from './prompts/prompt.ts';
export { createCollections, type Collections, type CollectionsDeps } from './service.ts';
