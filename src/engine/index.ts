export { createEngineSwitch, type EngineDeps, type EngineSwitch } from './service.ts';
export type { CycleRun } from './store.ts';
export { cycleKinds, cyclePeriodsMs, slotLeaseMs } from './switch.ts';
export type { CycleKind, EngineState } from './switch.ts';
export { startWorker, type EngineSteps, type Worker } from './worker.ts';
