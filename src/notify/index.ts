export { devicesMax, type Device, type Subscription } from './devices/device.ts';
export { isTransient, type SubscribeRefusal, type TestRefusal } from './errors.ts';
export { manners, topics, type InBoth, type Language, type Topic } from './notes/topic.ts';
export {
  createNotify,
  type MarkedDevice,
  type Notify,
  type NotifyDeps,
  type SubscribeOrder,
} from './service.ts';
export { keepNotifying } from './worker.ts';
