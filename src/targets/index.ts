export { isTransient, type TargetRefusal } from './errors.ts';
export type { DayTakings, Growth, History } from './history.ts';
export { createTargets, type DailyTargets, type Standing, type TargetsDeps } from './service.ts';
export type { StreamDay, StreamTakings } from './store.ts';
export { targetKinds, type DailyGoal, type Pace, type PerKind, type TargetKind } from './target.ts';
