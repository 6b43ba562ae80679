import {
  err,
  formatMoney,
  ok,
  parseMsisdn,
  toWholeShillings,
  type BusinessId,
  type ChargeId,
  type Clock,
  type EpochMs,
  type IdSource,
  type Msisdn,
  type RailId,
  type Result,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { isUniqueViolation, type Database, type Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import type { Rail } from '#rails';
import type { BlindIndex, Vault } from '#security';
import { findStream, type Stream } from '#streams';

import { referenceFrom, type Charge, type Consent } from './charge.ts';
import type { ChargeRefusal } from './errors.ts';
import {
  createChargeStore,
  type ChargeChange,
  type ChargePage,
  type ChargeStore,
} from './store.ts';

export interface ChargeOrder {
  readonly streamId: string;
  readonly amountMinor: bigint;
  /** The stream's own rail unless another is named. */
  readonly rail?: RailId;
  /** As typed; needed for a prompt. */
  readonly phone?: string;
  readonly description?: string;
  /** Present when the phone's owner asked for the prompt, and when. */
  readonly consent?: Consent;
  readonly createdBy: Actor;
  /** The same key twice is the same charge. */
  readonly requestKey?: string;
  readonly expiresInMs?: number;
}

export interface Billing {
  charge(order: ChargeOrder): Promise<Result<Charge, ChargeRefusal>>;
  find(id: ChargeId): Promise<Charge | undefined>;
  page(page: ChargePage): Promise<readonly Charge[]>;
  /** For the lines that move charges on, within their own transactions. */
  readonly store: ChargeStore;
  change(tx: Tx, changes: readonly ChargeChange[]): Promise<ReadonlySet<ChargeId>>;
  /** Closes open charges whose time is over; answers how many. */
  expire(): Promise<number>;
}

export interface BillingDeps {
  readonly database: Database;
  readonly businessId: BusinessId;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly random: (byteCount: number) => Buffer;
  readonly vault: Vault;
  readonly blindIndex: BlindIndex;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly rails: ReadonlyMap<RailId, Rail>;
}

/** A bill stays payable for a day unless the order says otherwise. */
const expiresInMsDefault = 24 * 60 * 60 * 1000;
const descriptionMax = 100;
const expireBatchMax = 200;

interface CheckedOrder {
  readonly stream: Stream;
  readonly rail: RailId;
  readonly msisdn: Msisdn | undefined;
}

export function createBilling(deps: BillingDeps): Billing {
  const { database, clock, ids, outbox, audit } = deps;
  const store = createChargeStore(deps);

  const check = (order: ChargeOrder): Result<CheckedOrder, ChargeRefusal> => {
    const stream = findStream(order.streamId);
    if (stream === undefined) return err({ kind: 'unknown-stream', streamId: order.streamId });
    const { amountMinor } = order;
    if (!toWholeShillings(amountMinor).ok) {
      return err({ kind: 'amount-not-whole-shillings', amountMinor });
    }
    const rail = order.rail ?? stream.rail;
    const range = deps.rails.get(rail)?.capabilities.promptMinor;
    if (range === undefined || amountMinor < range.min || amountMinor > range.max) {
      const { min, max } = range ?? { min: 0n, max: 0n };
      return err({ kind: 'amount-out-of-range', rail, minMinor: min, maxMinor: max });
    }
    const phone = order.phone === undefined ? undefined : parseMsisdn(order.phone);
    if (phone?.ok === false) return err({ kind: 'not-a-phone-number' });
    if (phone === undefined && order.consent !== undefined) {
      return err({ kind: 'consent-without-phone' });
    }
    return ok({ stream, rail, msisdn: phone?.value });
  };

  const chargeFrom = (order: ChargeOrder, checked: CheckedOrder, now: EpochMs): Charge => ({
    id: ids.next('charge'),
    businessId: deps.businessId,
    state: 'open',
    streamId: checked.stream.id,
    rail: checked.rail,
    amountMinor: order.amountMinor,
    reference: referenceFrom(deps.random(8)),
    description: (order.description ?? checked.stream.name).slice(0, descriptionMax),
    msisdn: checked.msisdn,
    consent: order.consent,
    paymentId: undefined,
    reason: undefined,
    createdBy: formatActor(order.createdBy),
    createdAt: now,
    expiresAt: now + (order.expiresInMs ?? expiresInMsDefault),
  });

  const findRepeat = async ({ requestKey }: ChargeOrder): Promise<Charge | undefined> =>
    requestKey === undefined ? undefined : store.findByRequest(database.executor, requestKey);

  const make = async (tx: Tx, charge: Charge, order: ChargeOrder): Promise<void> => {
    await store.insert(tx, {
      ...charge,
      promptAfter: charge.consent === undefined ? undefined : charge.createdAt,
      requestKey: order.requestKey,
    });
    await audit.record(tx, {
      actor: order.createdBy,
      action: 'charge.created',
      subject: `charge:${charge.id}`,
      detail: {
        stream: charge.streamId,
        rail: charge.rail,
        amount: formatMoney(charge.amountMinor),
      },
    });
    await outbox.publish(tx, [
      {
        topic: 'charge.created',
        payload: { chargeId: charge.id, stream: charge.streamId, rail: charge.rail },
      },
    ]);
  };

  return {
    store,

    charge: async (order) => {
      const checked = check(order);
      if (!checked.ok) return checked;
      const known = await findRepeat(order);
      if (known !== undefined) return ok(known);
      const charge = chargeFrom(order, checked.value, clock.now());
      try {
        await database.transaction((tx) => make(tx, charge, order));
      } catch (error) {
        const repeat = isUniqueViolation(error) ? await findRepeat(order) : undefined;
        if (repeat === undefined) throw error;
        return ok(repeat);
      }
      return ok(charge);
    },

    find: (id) => store.find(database.executor, id),
    page: (page) => store.page(database.executor, page),

    change: async (tx, changes) => {
      const changed = await store.change(tx, changes, clock.now());
      await outbox.publish(
        tx,
        changes
          .filter((change) => changed.has(change.id))
          .map((change) => ({
            topic: `charge.${change.to}`,
            payload: { chargeId: change.id, reason: change.reason ?? null },
          })),
      );
      return changed;
    },

    expire: () =>
      database.transaction(async (tx) => {
        const late = await store.lockExpired(tx, { now: clock.now(), limit: expireBatchMax });
        const changes = late.map(({ id }) => ({ id, to: 'expired', reason: 'expired' }) as const);
        await store.change(tx, changes, clock.now());
        return late.length;
      }),
  };
}
