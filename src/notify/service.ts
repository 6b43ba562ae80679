import { createHash } from 'node:crypto';

import {
  err,
  invariant,
  ok,
  type BusinessId,
  type Clock,
  type IdSource,
  type PushDeviceId,
  type RailId,
  type Result,
} from '#kernel';
import type { Actor, Audit } from '#audit';
import type { Database } from '#platform/db';
import type { Keys, Vault } from '#security';
import type { DailyTargets } from '#targets';
import type { Weather } from '#weather';

import { devicesMax, pauseAfter, type Device, type Subscription } from './devices/device.ts';
import { readEndpoint, type ReadEndpoint } from './devices/endpoint.ts';
import { labelOf } from './devices/label.ts';
import { createDeviceStore, type DeviceStore } from './devices/store.ts';
import type { SubscribeRefusal, TestRefusal } from './errors.ts';
import { createLooker } from './looking/service.ts';
import { createPostman, removeGone } from './notes/service.ts';
import { createNoteStore } from './notes/store.ts';
import { testOf } from './notes/text.ts';
import type { Language, Topic } from './notes/topic.ts';
import { createReader } from './reading/service.ts';
import { createReadingStore, type ReadingStore } from './reading/store.ts';
import { createPushLine, type PushLine } from './sending/client.ts';
import { areKeysGood, createSender, type Sender } from './sending/service.ts';
import { createKeyStore } from './sending/store.ts';

export interface SubscribeOrder {
  readonly subscription: Subscription;
  readonly topics: readonly Topic[];
  readonly language: Language;
  readonly userAgent: string;
  readonly by: Actor;
}

/** A device with what lets its own browser know itself. */
export interface MarkedDevice extends Device {
  /** SHA-256 of the endpoint, the first 32 of its hexadecimal digits. */
  readonly mark: string;
}

/** Who is told, and of what. */
export interface Notify {
  /** What a browser subscribes with. */
  publicKey(): Promise<string>;
  devices(): Promise<readonly MarkedDevice[]>;
  /** The same browser again is the same device. */
  subscribe(order: SubscribeOrder): Promise<Result<MarkedDevice, SubscribeRefusal>>;
  /** Answers false where there is no such device. */
  remove(id: PushDeviceId, by: Actor): Promise<boolean>;
  /** Sends a test at once and waits for the answer of the push service. */
  test(id: PushDeviceId): Promise<Result<MarkedDevice, TestRefusal>>;
  /** Makes notes of new events; answers whether there is more to read. */
  read(): Promise<boolean>;
  /** Makes notes of what no event tells. */
  look(): Promise<void>;
  /** Sends what is due; answers how many notes that were. */
  deliver(): Promise<number>;
}

export interface NotifyDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly keys: Pick<Keys, 'blindIndex'>;
  readonly vault: Pick<Vault, 'seal' | 'unseal'>;
  readonly audit: Audit;
  readonly targets: Pick<DailyTargets, 'standing' | 'earnedOn'>;
  readonly weather: Pick<Weather, 'report'>;
  readonly rails: ReadonlyMap<RailId, unknown>;
  /** Whom a push service may write to about us: an https or mailto address. */
  readonly contact: string;
  /** Tests have a push service of their own. */
  readonly line?: PushLine;
  readonly readEndpoint?: ReadEndpoint;
}

const testKeptMs = 60_000;

export function createNotify(deps: NotifyDeps): Notify {
  const devices = createDeviceStore(deps);
  const notes = createNoteStore(deps);
  const sender = createSender({
    ...deps,
    keys: createKeyStore(deps),
    line: deps.line ?? createPushLine(),
  });
  const parts: Parts = { ...deps, devices, sender, reading: createReadingStore(deps.businessId) };
  const reader = createReader({ ...deps, devices, notes });
  const looker = createLooker({ ...deps, devices, notes });
  const postman = createPostman({ ...deps, devices, notes, sender });
  return {
    publicKey: sender.publicKey,
    devices: async () => (await reachable(parts)).map(({ device }) => device),
    subscribe: (order) => subscribe(parts, order),
    remove: (id, by) => remove(parts, id, by),
    test: (id) => test(parts, id),
    read: reader.read,
    look: looker.look,
    deliver: postman.deliver,
  };
}

interface Parts extends NotifyDeps {
  readonly devices: DeviceStore;
  readonly sender: Sender;
  readonly reading: ReadingStore;
}

const markLength = 32;
const marked = (device: Device, { endpoint }: Subscription): MarkedDevice => ({
  ...device,
  mark: createHash('sha256').update(endpoint).digest('hex').slice(0, markLength),
});

async function subscribe(
  parts: Parts,
  order: SubscribeOrder,
): Promise<Result<MarkedDevice, SubscribeRefusal>> {
  const { devices, reading, clock } = parts;
  const { subscription, topics, language } = order;
  const read = (parts.readEndpoint ?? readEndpoint)(subscription.endpoint);
  if (!read.ok) return read;
  if (!areKeysGood(subscription.keys)) return err({ kind: 'push-keys-unusable' });
  return parts.database.transaction(async (tx) => {
    const now = clock.now();
    // Whoever subscribes beside us waits here, so that the devices are counted by one at a time.
    await reading.open(tx, now);
    await reading.lock(tx);
    const label = labelOf(order.userAgent);
    const known = await devices.byEndpoint(tx, subscription.endpoint);
    const id = known?.id ?? parts.ids.next('pushDevice');
    const device = { id, label, language, topics: [...new Set(topics)], subscription };
    if (known === undefined) {
      const count = await devices.count(tx);
      if (count >= devicesMax) return err({ kind: 'too-many-devices', devicesMax });
      if (count === 0) await reading.restart(tx, now);
      const { service } = read.value;
      await devices.insert(tx, { ...device, service, createdAt: now });
    } else {
      await devices.replace(tx, device);
    }
    await parts.audit.record(tx, {
      actor: order.by,
      action: known === undefined ? 'push-device.added' : 'push-device.changed',
      subject: `push-device:${id}`,
      detail: { label, service: read.value.service, topics: device.topics, language },
    });
    const kept = await devices.byEndpoint(tx, subscription.endpoint);
    invariant(kept !== undefined, 'a device that was kept is found');
    return ok(marked(kept, subscription));
  });
}

function remove(
  { database, devices, audit }: Parts,
  id: PushDeviceId,
  by: Actor,
): Promise<boolean> {
  return database.transaction(async (tx) => {
    const removed = await devices.remove(tx, id);
    if (removed === undefined) return false;
    await audit.record(tx, {
      actor: by,
      action: 'push-device.removed',
      subject: `push-device:${id}`,
      detail: { label: removed.label, service: removed.service },
    });
    return true;
  });
}

interface Reachable {
  readonly device: MarkedDevice;
  readonly subscription: Subscription;
}

async function reachable({ database, devices }: Parts): Promise<readonly Reachable[]> {
  const subscriptions = await devices.subscriptions(database.executor);
  return (await devices.all(database.executor)).flatMap((device) => {
    const subscription = subscriptions.get(device.id);
    return subscription === undefined
      ? []
      : [{ device: marked(device, subscription), subscription }];
  });
}

async function test(parts: Parts, id: PushDeviceId): Promise<Result<MarkedDevice, TestRefusal>> {
  const { database, devices, clock } = parts;
  const found = (await reachable(parts)).find(({ device }) => device.id === id);
  if (found === undefined) return err({ kind: 'no-such-device' });
  const { device, subscription } = found;
  const delivery = await parts.sender.send(
    subscription,
    { ...testOf(device.language), tag: 'test' },
    { urgency: 'high', keptMs: testKeptMs },
  );
  const at = clock.now();
  if (delivery.kind === 'taken') {
    await devices.delivered(database.executor, id, at);
    const well = { failures: 0, failedAt: undefined, failure: undefined, retryAt: undefined };
    return ok({ ...device, ...well, deliveredAt: at });
  }
  const { why } = delivery;
  if (delivery.kind === 'gone') {
    await database.transaction((tx) => removeGone(parts, tx, { deviceId: id, why }));
    return err({ kind: 'device-gone' });
  }
  const asked = delivery.kind === 'later' ? delivery.retryAfterMs : undefined;
  const retryAt =
    delivery.kind === 'refused' ? undefined : at + pauseAfter(device.failures + 1, asked);
  await devices.failed(database.executor, id, { why, at, retryAt });
  return err({ kind: 'note-not-taken', service: device.service, why });
}
