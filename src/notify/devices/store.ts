import { createHmac } from 'node:crypto';

import {
  idFromNumber,
  isoOf,
  numberFromId,
  type BusinessId,
  type EpochMs,
  type PushDeviceId,
} from '#kernel';
import { sql, type Executor } from '#platform/db';
import type { Keys, SealContext, Vault } from '#security';

import type { Language, Topic } from '../notes/topic.ts';
import type { Device, Subscription } from './device.ts';

interface DeviceRow {
  readonly id: bigint;
  readonly service: string;
  readonly label: string;
  readonly language: Language;
  readonly topics: readonly Topic[];
  readonly createdAt: EpochMs;
  readonly deliveredAt: EpochMs | null;
  readonly failures: number;
  readonly failedAt: EpochMs | null;
  readonly failure: string | null;
  readonly retryAt: EpochMs | null;
  readonly noted: Device['noted'];
}

const columns = sql`
  id, service, label, language, topics, created_at as "createdAt", delivered_at as "deliveredAt",
  failures, failed_at as "failedAt", failure, retry_at as "retryAt", noted`;

const deviceOf = (row: DeviceRow): Device => ({
  ...row,
  id: idFromNumber('pushDevice', row.id),
  deliveredAt: row.deliveredAt ?? undefined,
  failedAt: row.failedAt ?? undefined,
  failure: row.failure ?? undefined,
  retryAt: row.retryAt ?? undefined,
});

const subscriptionCell = (id: bigint): SealContext => ({
  table: 'push_device',
  column: 'subscription_sealed',
  row: id,
});

export type NewDevice = Pick<
  Device,
  'id' | 'service' | 'label' | 'language' | 'topics' | 'createdAt'
> & { readonly subscription: Subscription };

export function createDeviceStore(deps: {
  readonly businessId: BusinessId;
  readonly keys: Pick<Keys, 'blindIndex'>;
  readonly vault: Pick<Vault, 'seal' | 'unseal'>;
}) {
  const { businessId, keys, vault } = deps;

  const indexOf = (endpoint: string): Buffer =>
    createHmac('sha256', keys.blindIndex)
      .update(`push-endpoint|${businessId}|${endpoint}`)
      .digest();

  const open = (id: bigint, sealed: Buffer): Subscription =>
    parseSubscription(vault.unseal(sealed, subscriptionCell(id)).toString('utf8'));

  return {
    unseal: (id: PushDeviceId, sealed: Buffer): Subscription => open(numberFromId(id), sealed),

    all: async (executor: Executor): Promise<readonly Device[]> => {
      const { rows } = await sql<DeviceRow>`
        select ${columns} from push_device where business_id = ${businessId}
        order by id`.execute(executor);
      return rows.map(deviceOf);
    },

    count: async (executor: Executor): Promise<number> => {
      const { rows } = await sql<{ count: bigint }>`
        select count(*) as count from push_device where business_id = ${businessId}`.execute(
        executor,
      );
      return Number(rows[0]?.count ?? 0n);
    },

    subscriptions: async (executor: Executor): Promise<ReadonlyMap<PushDeviceId, Subscription>> => {
      const { rows } = await sql<{ id: bigint; sealed: Buffer }>`
        select id, subscription_sealed as sealed from push_device
        where business_id = ${businessId}`.execute(executor);
      return new Map(
        rows.map(({ id, sealed }) => [idFromNumber('pushDevice', id), open(id, sealed)]),
      );
    },

    byEndpoint: async (executor: Executor, endpoint: string): Promise<Device | undefined> => {
      const { rows } = await sql<DeviceRow>`
        select ${columns} from push_device
        where business_id = ${businessId} and endpoint_index = ${indexOf(endpoint)}`.execute(
        executor,
      );
      return rows.map(deviceOf)[0];
    },

    insert: async (executor: Executor, device: NewDevice): Promise<void> => {
      const id = numberFromId(device.id);
      const { subscription } = device;
      await sql`
        insert into push_device (
          business_id, id, endpoint_index, subscription_sealed, service, label, language, topics,
          created_at
        ) values (
          ${businessId}, ${id}, ${indexOf(subscription.endpoint)},
          ${vault.seal(JSON.stringify(subscription), subscriptionCell(id))}, ${device.service},
          ${device.label}, ${device.language}, ${[...device.topics]}::text[],
          ${isoOf(device.createdAt)}
        )`.execute(executor);
    },

    /** The browser may have new keys; what failed before says nothing of them. */
    replace: async (
      executor: Executor,
      device: Omit<NewDevice, 'createdAt' | 'service'>,
    ): Promise<void> => {
      const id = numberFromId(device.id);
      await sql`
        update push_device set
          subscription_sealed = ${vault.seal(
            JSON.stringify(device.subscription),
            subscriptionCell(id),
          )},
          label = ${device.label}, language = ${device.language},
          topics = ${[...device.topics]}::text[], failures = 0, failed_at = null, failure = null,
          retry_at = null
        where business_id = ${businessId} and id = ${id}`.execute(executor);
    },

    remove: async (executor: Executor, id: PushDeviceId): Promise<Device | undefined> => {
      const { rows } = await sql<DeviceRow>`
        delete from push_device where business_id = ${businessId} and id = ${numberFromId(id)}
        returning ${columns}`.execute(executor);
      return rows.map(deviceOf)[0];
    },

    delivered: async (executor: Executor, id: PushDeviceId, at: EpochMs): Promise<void> => {
      await sql`
        update push_device set delivered_at = ${isoOf(at)}, failures = 0, failed_at = null,
          failure = null, retry_at = null
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },

    failed: async (
      executor: Executor,
      id: PushDeviceId,
      failure: {
        readonly why: string;
        readonly at: EpochMs;
        readonly retryAt: EpochMs | undefined;
      },
    ): Promise<void> => {
      await sql`
        update push_device set failures = failures + 1, failed_at = ${isoOf(failure.at)},
          failure = ${failure.why},
          retry_at = ${failure.retryAt === undefined ? null : isoOf(failure.retryAt)}
        where business_id = ${businessId} and id = ${numberFromId(id)}`.execute(executor);
    },
  };
}

export type DeviceStore = ReturnType<typeof createDeviceStore>;

/** Written by `insert`, and authenticated by its seal. */
const parseSubscription = (text: string): Subscription => JSON.parse(text) as Subscription;
