export { describeServerRefusal, isTransientServerRefusal, type ServerRefusal } from './errors.ts';
export {
  createDatabaseServer,
  type DatabaseServer,
  type DatabaseServerDeps,
  type RunningServer,
  type ServerStatus,
} from './server.ts';
export type { DatabaseServerSettings } from './settings.ts';
