import {
  err,
  formatMoney,
  invariant,
  ok,
  parseMsisdn,
  toWholeShillings,
  type BusinessId,
  type ChargeId,
  type PaymentId,
  type Clock,
  type EpochMs,
  type IdSource,
  type Msisdn,
  type RailId,
  type Result,
} from '#kernel';
import { formatActor, type Actor, type Audit } from '#audit';
import { isUniqueViolation, together, type Database, type Tx } from '#platform/db';
import type { Outbox } from '#platform/outbox';
import type { Rail } from '#rails';
import type { BlindIndex, Vault } from '#security';
import { findStream, type Stream } from '#streams';

import {
  referenceFrom,
  stateAfterUndo,
  type Charge,
  type Consent,
  type Fallback,
} from './charge.ts';
import type { ChargeRefusal } from './errors.ts';
import { createChargeStore, type ChargeChange, type ChargeStore } from './store.ts';
import type { ChargePage } from './pages/store.ts';

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
  /** Where the payer wants to be asked instead, by the same act, if this rail cannot ask. */
  readonly fallback?: { readonly rail: RailId; readonly phone: string };
  readonly createdBy: Actor;
  /** The same key twice is the same charge; with another order it is refused. */
  readonly requestKey?: string;
  readonly expiresInMs?: number;
}

export interface PaidCharge {
  readonly id: ChargeId;
  readonly paymentId: PaymentId;
}

export interface Billing {
  charge(order: ChargeOrder): Promise<Result<Charge, ChargeRefusal>>;
  find(id: ChargeId): Promise<Charge | undefined>;
  page(page: ChargePage): Promise<readonly Charge[]>;
  /** For the lines that move charges on, within their own transactions. */
  readonly store: ChargeStore;
  change(tx: Tx, changes: readonly ChargeChange[]): Promise<ReadonlySet<ChargeId>>;
  /** The caller has locked them and found them payable. */
  pay(tx: Tx, paid: readonly PaidCharge[]): Promise<void>;
  /**
   * Asks on the rail and phone that the payer named for this case, from now on; answers the charge
   * as it is now. The caller has locked it, and knows that no phone shows a prompt for it.
   */
  fallBack(tx: Tx, charge: Charge): Promise<Charge>;
  /**
   * Undoes the payment of charges that the caller has locked: they are owed again, or expired. The
   * one way out of `paid`, for the undo of a person's decision only.
   */
  reopen(tx: Tx, charges: readonly Charge[]): Promise<void>;
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
  /** Asked for the amounts they can prompt for, and nothing else. */
  readonly rails: ReadonlyMap<RailId, PromptRange>;
}

interface PromptRange {
  readonly capabilities: Pick<Rail['capabilities'], 'promptMinor'>;
}

/** A bill stays payable for a day unless the order says otherwise. */
const expiresInMsDefault = 24 * 60 * 60 * 1000;
const descriptionMax = 100;
const expireBatchMax = 200;
const expireBitesMax = 50;
const attemptsMax = 5;
const uniqueInCharge = ['charge_business_id_reference_key', 'charge_business_id_request_key_key'];

interface CheckedOrder {
  readonly stream: Stream;
  readonly rail: RailId;
  readonly msisdn: Msisdn | undefined;
  readonly fallback: Fallback | undefined;
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
    const obstacle = obstacleOn(rail, amountMinor);
    if (obstacle !== undefined) return err(obstacle);
    const phone = order.phone === undefined ? undefined : parseMsisdn(order.phone);
    if (phone?.ok === false) return err({ kind: 'not-a-phone-number' });
    if (phone === undefined && order.consent !== undefined) {
      return err({ kind: 'consent-without-phone' });
    }
    const fallback = checkFallback(order, rail);
    if (!fallback.ok) return fallback;
    return ok({ stream, rail, msisdn: phone?.value, fallback: fallback.value });
  };

  const obstacleOn = (rail: RailId, amountMinor: bigint): ChargeRefusal | undefined => {
    const range = deps.rails.get(rail)?.capabilities.promptMinor;
    if (range === undefined) return { kind: 'rail-not-set-up', rail };
    const { min, max } = range;
    return amountMinor < min || amountMinor > max
      ? { kind: 'amount-out-of-range', rail, minMinor: min, maxMinor: max }
      : undefined;
  };

  /** The number is the payer's own only because the payer has just typed it: that takes an act. */
  const checkFallback = (
    { fallback, consent, amountMinor }: ChargeOrder,
    rail: RailId,
  ): Result<Fallback | undefined, ChargeRefusal> => {
    if (fallback === undefined) return ok(undefined);
    if (consent?.basis !== 'payer-act') return err({ kind: 'fallback-without-act' });
    if (fallback.rail === rail) return err({ kind: 'fallback-on-same-rail' });
    const obstacle = obstacleOn(fallback.rail, amountMinor);
    if (obstacle !== undefined) return err(obstacle);
    const msisdn = parseMsisdn(fallback.phone);
    if (!msisdn.ok) return err({ kind: 'not-a-phone-number' });
    return ok({ rail: fallback.rail, msisdn: msisdn.value, usedAt: undefined });
  };

  const chargeFrom = (order: ChargeOrder, checked: CheckedOrder, now: EpochMs): Charge => ({
    id: ids.next('charge'),
    businessId: deps.businessId,
    state: 'open',
    streamId: checked.stream.id,
    rail: checked.rail,
    amountMinor: order.amountMinor,
    reference: referenceFrom(deps.random(8)),
    description: describe(order.description ?? '', checked.stream),
    msisdn: checked.msisdn,
    consent: order.consent,
    fallback: checked.fallback,
    paymentId: undefined,
    reason: undefined,
    createdBy: formatActor(order.createdBy),
    createdAt: now,
    expiresAt: now + (order.expiresInMs ?? expiresInMsDefault),
  });

  /** What the same key asked for before, if it did. */
  const findRepeat = async (
    { requestKey, amountMinor }: ChargeOrder,
    { stream, rail, msisdn, fallback }: CheckedOrder,
  ): Promise<Result<Charge, ChargeRefusal> | undefined> => {
    if (requestKey === undefined) return undefined;
    const known = await store.findByRequest(database.executor, requestKey);
    if (known === undefined) return undefined;
    const ordered = asOrdered(known);
    const isSame =
      known.streamId === stream.id &&
      known.amountMinor === amountMinor &&
      ordered.rail === rail &&
      ordered.msisdn === msisdn &&
      ordered.fallback?.rail === fallback?.rail &&
      ordered.fallback?.msisdn === fallback?.msisdn;
    return isSame ? ok(known) : err({ kind: 'key-used-for-other-input', requestKey });
  };

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
        ...(charge.fallback !== undefined && { fallback: charge.fallback.rail }),
      },
    });
    await outbox.publish(tx, [
      {
        topic: 'charge.created',
        payload: { chargeId: charge.id, stream: charge.streamId, rail: charge.rail },
      },
    ]);
  };

  const publish = (tx: Tx, changes: readonly ChargeChange[]): Promise<void> =>
    outbox.publish(
      tx,
      changes.map(({ id, to, reason }) => ({
        topic: `charge.${to}`,
        payload: { chargeId: id, reason: reason ?? null },
      })),
    );

  const change: Billing['change'] = async (tx, changes) => {
    const changed = await store.change(tx, changes, clock.now());
    await publish(
      tx,
      changes.filter(({ id }) => changed.has(id)),
    );
    return changed;
  };

  const pay: Billing['pay'] = async (tx, paid) => {
    const changes = paid.map((one) => ({ ...one, to: 'paid' as const }));
    const { first: changed } = await together(
      tx,
      () => store.change(tx, changes, clock.now()),
      () => publish(tx, changes),
    );
    invariant(changed.size === paid.length, 'a locked payable charge becomes paid');
  };

  return {
    store,

    charge: async (order) => {
      const checked = check(order);
      if (!checked.ok) return checked;
      for (let attempt = 1; ; attempt += 1) {
        const known = await findRepeat(order, checked.value);
        if (known !== undefined) return known;
        const charge = chargeFrom(order, checked.value, clock.now());
        try {
          await database.transaction((tx) => make(tx, charge, order));
          return ok(charge);
        } catch (error) {
          // Either somebody was first with this key, and is found next time round, or the
          // reference is taken, and the next one will not be.
          const isTaken = uniqueInCharge.some((name) => isUniqueViolation(error, name));
          if (!isTaken || attempt === attemptsMax) throw error;
        }
      }
    },

    find: (id) => store.find(database.executor, id),
    page: (page) => store.page(database.executor, page),

    change,
    pay,

    fallBack: async (tx, charge) => {
      const { fallback } = charge;
      invariant(fallback !== undefined, 'there is a rail to fall back to');
      const moved = await store.fallBack(tx, charge, clock.now());
      await audit.record(tx, {
        actor: { kind: 'engine', part: 'collections' },
        action: 'charge.fell-back',
        subject: `charge:${charge.id}`,
        detail: { from: charge.rail, to: fallback.rail, amount: formatMoney(charge.amountMinor) },
      });
      const payload = { chargeId: charge.id, from: charge.rail, to: fallback.rail };
      await outbox.publish(tx, [{ topic: 'charge.fell-back', payload }]);
      return moved;
    },

    reopen: async (tx, charges) => {
      const now = clock.now();
      const reopened = charges.map((charge) => ({
        id: charge.id,
        to: stateAfterUndo(charge, now),
      }));
      const count = await store.reopen(tx, reopened, now);
      invariant(count === charges.length, 'only a paid charge is owed again');
      await outbox.publish(
        tx,
        reopened.map(({ id, to }) => ({
          topic: `charge.${to}`,
          payload: { chargeId: id, reason: 'payment-taken-back' },
        })),
      );
    },

    expire: async () => {
      let count = 0;
      for (let bite = 0; bite < expireBitesMax; bite += 1) {
        const expired = await database.transaction(async (tx) => {
          const late = await store.lockExpired(tx, { now: clock.now(), limit: expireBatchMax });
          return change(
            tx,
            late.map(({ id }) => ({ id, to: 'expired', reason: 'expired' })),
          );
        });
        count += expired.size;
        if (expired.size < expireBatchMax) break;
      }
      return count;
    },
  };
}

/** A charge that fell back was ordered the other way round. */
function asOrdered(charge: Charge): Pick<Charge, 'rail' | 'msisdn' | 'fallback'> {
  const { rail, msisdn, fallback } = charge;
  if (fallback?.usedAt === undefined || msisdn === undefined) return charge;
  return { ...fallback, fallback: { rail, msisdn, usedAt: undefined } };
}

/** One line without control characters, cut to what is kept; else the stream's name. */
function describe(text: string, stream: Stream): string {
  const plain = text
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, descriptionMax);
  return plain === '' ? stream.name : plain;
}
