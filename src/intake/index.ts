export {
  createIntake,
  type Delivery,
  type Intake,
  type IntakeDeps,
  type Receipt,
} from './service.ts';
export { openSpool, SpoolFull, type Spool } from './spool/store.ts';
