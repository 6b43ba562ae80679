export {
  createLog,
  type Level,
  type Log,
  type LogFields,
  type LogOptions,
  type RootLog,
  silentLog,
} from './log.ts';
export { createMask, type MaskText } from './mask.ts';
