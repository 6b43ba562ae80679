export {
  createOutbox,
  type JsonObject,
  type JsonValue,
  type News,
  type Outbox,
  type PublishedEvent,
} from './outbox.ts';
export { createRelay, type Relay } from './relay.ts';
