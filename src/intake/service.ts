import { hash } from 'node:crypto';

import { unreachable, type CallbackId, type Clock, type IdSource, type RailId } from '#kernel';
import type { Collections, MoneyInEvent, NewException, ReceivedEvent } from '#collections';
import type { Evidence } from '#evidence';
import { createBatcher } from '#platform/batcher';
import { together, type Database, type Tx } from '#platform/db';
import type { Log } from '#platform/log';
import type { CallbackAnswer, CallbackChannel, CallbackReading, Rail } from '#rails';
import type { CallbackTokens } from '#security';
import type { MoneyOutEvent, PayoutEvent, Transfers } from '#transfers';
import type { Weather } from '#weather';

import { isOwnFault } from './fault.ts';
import { contentDayOf, verdictOf, type ArrivedCallback, type ReadCallback } from './callback.ts';
import type { Spool } from './spool/store.ts';

export interface Delivery {
  readonly channel: CallbackChannel;
  readonly token: string;
  readonly body: Buffer;
  /** The sender's network address, proxies already resolved. */
  readonly source: string;
}

export type Receipt = CallbackAnswer | 'too-many-strangers' | 'cannot-keep';

export interface Intake {
  /** Resolves when the callback is booked, or safe on disk; only then may it be answered. */
  receive(delivery: Delivery): Promise<Receipt>;
  /** Takes spooled callbacks in, when the database is there; answers how many. */
  replay(): Promise<number>;
  readonly health: {
    readonly queued: number;
    readonly spooled: number;
    readonly spoolNearlyFull: boolean;
  };
  drain(): Promise<void>;
}

export interface IntakeDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly tokens: CallbackTokens;
  readonly evidence: Evidence;
  readonly collections: Collections;
  readonly transfers: Transfers;
  readonly weather: Pick<Weather, 'heard'>;
  readonly spool: Spool;
  /** Whether a sender's address may be believed to be the provider's. */
  readonly isListedSource: (rail: RailId, source: string) => boolean;
}

const groupMax = 256;
/** One is made ready by us while the database stores the other. */
const groupsAtOnce = 2;
const companyMin = 32;
/** Beyond this many waiting callbacks the database is too slow: they go to the spool. */
const queueMax = 5_000;
const strangersPerMinuteMax = 120;
/** Real callbacks stay under 4 KiB. */
const bodyBytesMax = 256 * 1024;
const sourceLengthMax = 64;
/** A group that takes longer goes to the spool as well: providers do not wait for us. */
const writeMsMax = 5_000;

export function createIntake(deps: IntakeDeps): Intake {
  const { clock, database, log, spool } = deps;
  const railOfChannel = new Map<CallbackChannel, Rail>();
  for (const rail of deps.rails.values()) {
    for (const channel of rail.capabilities.channels) railOfChannel.set(channel, rail);
  }
  const strangers = createStrangerLimit(clock);

  /** A rail that fails over a callback must not keep its neighbours from being read. */
  const readingOf = ({ id, channel, body }: ArrivedCallback): CallbackReading => {
    const rail = railOfChannel.get(channel);
    if (rail === undefined) {
      return { kind: 'unreadable', why: 'no rail of this engine owns the channel' };
    }
    try {
      return rail.readCallback({ channel, body });
    } catch (error) {
      log.error({ err: error, callback: id }, 'a rail failed to read a callback');
      return { kind: 'unreadable', why: 'see the log' };
    }
  };

  const read = (callback: ArrivedCallback): ReadCallback => ({
    ...callback,
    reading: readingOf(callback),
  });

  /** Stores a group and concludes from what is new in it: one transaction. */
  const take = (group: readonly ReadCallback[]): Promise<void> =>
    database.groupTransaction(async (tx) => {
      const events = group.flatMap((callback) => eventOf(callback, deps.isListedSource));
      const all = new Set(events.map(({ callbackId }) => callbackId));
      const { first: fresh, second: facts } = await together(
        tx,
        () => keep(tx, group),
        () =>
          deps.collections.gather(
            tx,
            events.flatMap((one) => asMoneyIn(one, all)),
          ),
      );
      const isFresh = new Set(fresh.map(({ id }) => id));
      const proved = events.filter(({ callbackId }) => isFresh.has(callbackId));
      const others = await deps.transfers.record(tx, proved.flatMap(asMoneyOut));
      const passedOn = new Set(others.map(({ callbackId }) => callbackId));
      const moneyIn = proved.flatMap((one) => asMoneyIn(one, passedOn));
      await deps.collections.record(tx, moneyIn, facts);
      await deps.weather.heard(tx, proved);
      await deps.collections.openExceptions(tx, fresh.flatMap(unreadableOf));
    });

  const keep = async (tx: Tx, group: readonly ReadCallback[]): Promise<readonly ReadCallback[]> => {
    const kept = await deps.evidence.keepCallbacks(
      tx,
      group.map((callback) => ({
        ...callback,
        authentic: callback.subject !== undefined,
        verdict: verdictOf(callback),
        contentDay: contentDayOf(callback),
      })),
    );
    return group.filter(({ id }) => kept.has(id));
  };

  /** The last resort for a callback that breaks its transaction: kept as it came, for a person. */
  const setAside = (callback: ReadCallback, cause: unknown): Promise<void> =>
    database.transaction(async (tx) => {
      log.error({ err: cause, callback: callback.id }, 'a callback could not be booked');
      const fresh = await keep(tx, [callback]);
      if (fresh.length === 0) return;
      const trouble = troubleOf(callback, 'unprocessed-callback', 'see the log');
      await deps.collections.openExceptions(tx, [trouble]);
    });

  /** Halves a group that fails by its own fault until the one that poisons it stands alone. */
  const takeOrBisect = async (group: readonly ReadCallback[]): Promise<void> => {
    try {
      await take(group);
    } catch (error) {
      if (!isOwnFault(error)) throw error;
      const [only] = group;
      if (group.length === 1 && only !== undefined) return setAside(only, error);
      const middle = Math.ceil(group.length / 2);
      await takeOrBisect(group.slice(0, middle));
      await takeOrBisect(group.slice(middle));
    }
  };

  /** Throws when the group is not written in time; if it is in the end, its digest is known. */
  const takeInTime = async (group: readonly ArrivedCallback[]): Promise<void> => {
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = clock.after(writeMsMax, () => resolve('late'));
    const taken = takeOrBisect(group.map(read)).finally(() => timer.cancel());
    if ((await Promise.race([taken, late])) !== 'late') return taken;
    taken.catch((error: unknown) => log.warn({ err: error }, 'a late group failed in the end'));
    throw new Error(`the database took more than ${writeMsMax} ms`);
  };

  /** Strangers may not fill the disk that proved callbacks need: half of it is enough for them. */
  const toSpool = async (group: readonly ArrivedCallback[]): Promise<void> => {
    const kept = group.filter(({ subject }) => subject !== undefined || !spool.nearlyFull);
    if (kept.length < group.length) {
      log.warn({ callbacks: group.length - kept.length }, 'forged callbacks were not spooled');
    }
    if (kept.length > 0) await spool.append(kept);
  };

  const write = async (group: readonly ArrivedCallback[]): Promise<void> => {
    try {
      await takeInTime(group);
      // One line a group: each callback is kept in full, with whence it came.
      log.info(countsOf(group), 'callbacks taken in');
    } catch (error) {
      log.warn({ err: error, callbacks: group.length }, 'database away: callbacks are spooled');
      await toSpool(group);
    }
  };
  const batcher = createBatcher({ groupMax, groupsAtOnce, companyMin, write });

  const arrive = (delivery: Delivery, rail: Rail): ArrivedCallback => {
    const { channel, token, body } = delivery;
    const verdict = deps.tokens.verify({ channel, token });
    return {
      id: deps.ids.next('callback'),
      rail: rail.id,
      channel,
      subject: verdict.authentic ? verdict.subject : undefined,
      source: delivery.source.slice(0, sourceLengthMax),
      receivedAt: clock.now(),
      digest: hash('sha256', Buffer.concat([Buffer.from(`${channel}|${token}|`), body]), 'buffer'),
      body,
    };
  };

  return {
    receive: async (delivery) => {
      const rail = railOfChannel.get(delivery.channel);
      if (rail === undefined || delivery.body.length > bodyBytesMax) return 'cannot-keep';
      const callback = arrive(delivery, rail);
      if (callback.subject === undefined && !strangers.admit()) return 'too-many-strangers';
      try {
        if (batcher.queued >= queueMax) await toSpool([callback]);
        else await batcher.add(callback);
      } catch (error) {
        log.error({ err: error, callback: callback.id }, 'a callback could be kept nowhere');
        return 'cannot-keep';
      }
      return rail.acknowledge(delivery.channel);
    },

    replay: async () => {
      if ((await spool.refresh()) === 0) return 0;
      await database.ping();
      const count = await spool.replay((group) => takeOrBisect(group.map(read)));
      if (count > 0) log.info({ callbacks: count }, 'spooled callbacks were taken in');
      return count;
    },

    get health() {
      return {
        queued: batcher.queued,
        spooled: spool.pending,
        spoolNearlyFull: spool.nearlyFull,
      };
    },
    drain: () => batcher.drain(),
  };
}

function countsOf(group: readonly ArrivedCallback[]) {
  const channels: Partial<Record<CallbackChannel, number>> = {};
  for (const { channel } of group) channels[channel] = (channels[channel] ?? 0) + 1;
  const strangers = group.filter(({ subject }) => subject === undefined).length;
  return { callbacks: group.length, ...(strangers === 0 ? {} : { strangers }), channels };
}

/** Forged callbacks are kept as evidence, but nobody may fill the disk with them. */
function createStrangerLimit(clock: Clock): { admit(): boolean } {
  let minute = 0;
  let admitted = 0;
  return {
    admit: () => {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) {
        minute = now;
        admitted = 0;
      }
      admitted += 1;
      return admitted <= strangersPerMinuteMax;
    },
  };
}

/** Where providers tell that they gave up waiting for something that moves money. */
const moneyTimeouts: readonly CallbackChannel[] = [
  'payout-timeout',
  'refund-timeout',
  'top-up-timeout',
];

interface ProvedEvent extends Omit<ReceivedEvent, 'event'> {
  readonly event: MoneyInEvent | MoneyOutEvent;
}

function eventOf(
  callback: ReadCallback,
  isListedSource: IntakeDeps['isListedSource'],
): readonly ProvedEvent[] {
  const { reading } = callback;
  // A question before the money moves is answered yes; it is kept, and concludes nothing.
  if (reading.kind === 'unreadable' || reading.event.kind === 'payment-question') return [];
  // That a question of ours timed out says nothing about money: it is asked again on schedule.
  if (reading.event.kind === 'queue-timeout' && !moneyTimeouts.includes(callback.channel))
    return [];
  return [
    {
      callbackId: callback.id,
      rail: callback.rail,
      event: reading.event,
      subject: callback.subject,
      listedSource: isListedSource(callback.rail, callback.source),
      receivedAt: callback.receivedAt,
    },
  ];
}

/** Everything that may be about a transfer; transfers pass on what is not. */
function asMoneyOut(proved: ProvedEvent): readonly PayoutEvent[] {
  const { event } = proved;
  if (event.kind === 'prompt-result' || event.kind === 'payer-payment') return [];
  return [{ ...proved, event }];
}

function asMoneyIn(
  proved: ProvedEvent,
  passedOn: ReadonlySet<CallbackId>,
): readonly ReceivedEvent[] {
  const { event } = proved;
  switch (event.kind) {
    case 'prompt-result':
    case 'payer-payment':
      return [{ ...proved, event }];
    case 'own-id-hint':
    case 'receipt-report':
      return passedOn.has(proved.callbackId) ? [{ ...proved, event }] : [];
    case 'payout-result':
    case 'queue-timeout':
    case 'balance-report':
      return [];
    default:
      return unreachable(event, 'a proved event');
  }
}

const troubleOf = (
  callback: ReadCallback,
  kind: NewException['kind'],
  why: string,
): NewException => ({
  kind,
  rail: callback.rail,
  subject: callback.id,
  amountMinor: undefined,
  detail: { channel: callback.channel, why },
});

const strangeKindOf = ({ subject }: ReadCallback): NewException['kind'] =>
  subject === undefined ? 'forged-callback' : 'unreadable-callback';

const unreadableOf = (callback: ReadCallback): readonly NewException[] =>
  callback.reading.kind === 'unreadable'
    ? [troubleOf(callback, strangeKindOf(callback), callback.reading.why)]
    : [];
