export type { Booked, ImportedStatement, StatementPage } from './booking/store.ts';
export {
  differenceKinds,
  figureNames,
  weighs,
  type DayState,
  type Difference,
  type DifferenceKind,
  type Figure,
  type FigureName,
  type Figures,
  type ThreeWayDay,
} from './days/day.ts';
export type { StatementRefusal } from './errors.ts';
export { createReconciliation, type Reconciliation, type ReconciliationDeps } from './service.ts';
export type { StatementPreview, Tally } from './previews/service.ts';
export type { StatementOrder } from './statements/service.ts';
export type { Cover } from './statements/statement.ts';
