export { type ConversationResultCode, promptResults } from './codes.ts';
export { parseConfig, type SimulatorConfig, type Timings } from './config.ts';
export { type Knobs, type Profile } from './knobs.ts';
export { refusals } from './refusals.ts';
export { createMpesaSimulator, type MpesaSimulator, type MpesaSimulatorDeps } from './simulator.ts';
export { statementColumns } from './statements.ts';
export { openStore, type Store } from './store.ts';
export { type OutboundReply, type OutboundRequest, type Post } from './transport.ts';
export { receiptDateOf } from './wire-ids.ts';
