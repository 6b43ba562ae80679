import {
  dayMs,
  shillings,
  unreachable,
  type EpochMs,
  type Msisdn,
  type Prng,
  type RailId,
} from '#kernel';
import type { Clock } from '#kernel';
import { streams } from '#streams';

import type { Machine } from './machine.ts';
import { phoneOn, railOf, shortCode, type Providers } from './providers.ts';
import { ownerPhones } from './process.ts';
import type { Turnstile } from './turnstile.ts';

/** What the town itself knows: who asked to be prompted, and when. Nobody tells the engine. */
export interface Act {
  readonly phone: Msisdn;
  readonly basis: 'payer-act' | 'standing';
  readonly at: EpochMs;
  /** Of the charge; unknown when the answer to the order was lost. */
  reference: string | undefined;
}

export interface Town {
  /** In order of time for each basis. */
  readonly acts: readonly Act[];
  readonly counts: Readonly<Record<string, number>>;
  live(calendar: Calendar): void;
}

/** The days of a run; of the first one only what is left of it. */
export interface Calendar {
  readonly firstMidnight: EpochMs;
  readonly days: number;
}

export interface TownDeps {
  readonly clock: Clock;
  readonly prng: Prng;
  readonly machine: Machine;
  readonly providers: Providers;
  readonly turnstile: Turnstile;
  /** So many times the usual trade. */
  readonly density: number;
}

const phonesPerRail = 24;
/** These have next to nothing. */
const poorEvery = 8;
const richShillings = 400_000;
const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const retriesMax = 4;
const retryAfterMs = 40 * secondMs;
const eventsPerDay = { min: 40, max: 80 };

/** How much of the day's trade falls into each hour of Nairobi. */
const hourWeights = [
  1, 1, 1, 1, 1, 2, 4, 7, 8, 8, 8, 7, 9, 9, 7, 6, 6, 8, 9, 9, 7, 5, 3, 2,
] as const;
const totalWeight = hourWeights.reduce<number>((sum, weight) => sum + weight, 0);

type Mood = 'approve' | 'late' | 'cancel' | 'wrong-pin' | 'ignore' | 'very-late';

interface Order {
  readonly phone: Msisdn;
  readonly rail: RailId;
  readonly amount: number;
  readonly stream: string;
}

export async function openTown(deps: TownDeps): Promise<Town> {
  const { providers } = deps;
  for (const rail of ['mpesa', 'airtel'] as const) {
    const { admin } = providers.byRail[rail];
    for (let n = 1; n <= phonesPerRail; n += 1) {
      const balance = n % poorEvery === 0 ? 150 : richShillings;
      await admin('POST', '/phones', { msisdn: phoneOn(rail, n), name: `PERSON ${n}`, balance });
    }
    await admin('POST', '/phones', { msisdn: ownerPhones[rail], name: 'OWNER', balance: 0 });
  }
  return createTown(deps);
}

function createTown(deps: TownDeps): Town {
  const { clock, prng } = deps;
  const acts: Act[] = [];
  const counts: Record<string, number> = {};
  let keys = 0;

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const noteAct = (act: Omit<Act, 'reference'>): Act => {
    const noted: Act = { ...act, reference: undefined };
    acts.push(noted);
    return noted;
  };
  const later = (delayMs: number, what: () => Promise<unknown>): void =>
    void clock.after(delayMs, () => {
      // A person who is not heard gives up in silence; what the provider did is in its books.
      void deps.turnstile.track(what().catch(() => count('gave up')));
    });
  const habits = createHabits(deps);
  const newOrder = (rail: RailId): Order => ({
    rail,
    phone: phoneOn(rail, prng.between(1, phonesPerRail)),
    amount: prng.between(1, 30) * (prng.next() < 0.5 ? 50 : 10),
    stream: prng.pick(streams).id,
  });

  /** Presses the button; a page that hangs is tried again with the same key, as a browser would. */
  const checkout = (order: Order, then?: (reference: string) => void): void => {
    keys += 1;
    const key = `town-${keys}`;
    const at = clock.now();
    const attempt = async (n: number): Promise<void> => {
      const act = noteAct({ phone: order.phone, basis: 'payer-act', at: clock.now() });
      const reply = await deps.machine
        .knock({
          method: 'POST',
          path: '/api/qmoi/checkout',
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
          body: JSON.stringify(bodyOf(order)),
          source: '127.0.0.1',
        })
        .catch(() => undefined);
      if (reply?.status === 201) {
        const { reference } = JSON.parse(reply.body) as { reference: string };
        act.reference = reference;
        then?.(reference);
      } else if (n < retriesMax && clock.now() - at < 5 * minuteMs) {
        later(retryAfterMs, () => attempt(n + 1));
      } else count('checkout given up');
    };
    void deps.turnstile.track(attempt(1));
  };

  const pay = async (order: Order, reference: string): Promise<void> => {
    const { admin } = deps.providers.byRail[order.rail];
    const { amount } = order;
    await admin(
      'POST',
      `/phones/${order.phone}/pay`,
      order.rail === 'mpesa'
        ? { shortCode, accountReference: reference.slice(0, 20), amount }
        : { reference: reference.slice(0, 60), amount },
    );
    count('paid by hand');
  };

  /** Somebody else's word stands behind a standing consent: an owner's program makes the charge. */
  const subscribe = async (order: Order): Promise<void> => {
    const [engine] = deps.machine.running;
    if (engine === undefined) return;
    const givenAt = clock.now() - prng.between(1, 20) * dayMs;
    keys += 1;
    const act = noteAct({ phone: order.phone, basis: 'standing', at: givenAt });
    const made = await Promise.race([
      engine.business.billing.charge({
        streamId: 'maintenance',
        amountMinor: shillings(order.amount),
        phone: order.phone,
        rail: order.rail,
        consent: { basis: 'standing', givenAt },
        createdBy: { kind: 'engine', part: 'subscriptions' },
        requestKey: `subscription-${keys}`,
      }),
      engine.life.cut,
    ]);
    if (!made.ok) return;
    act.reference = made.value.reference;
    count('subscription');
  };

  const transfer = async (rail: RailId): Promise<void> => {
    const [engine] = deps.machine.running;
    if (engine === undefined) return;
    keys += 1;
    await Promise.race([
      engine.business.transfers.request({
        rail,
        amountMinor: shillings(prng.between(2, 15) * 100),
        why: 'by hand',
        requestedBy: { kind: 'engine', part: 'owner' },
        requestKey: `transfer-${keys}`,
      }),
      engine.life.cut,
    ]);
    count('transfer asked for');
  };

  const buy = (order: Order, mood: Mood): void => {
    count(mood);
    void deps.turnstile.track(habits.set(order.phone, mood));
    const byHandToo = prng.next() < 0.1;
    checkout(order, (reference) => {
      if (byHandToo) later(prng.between(5, 120) * secondMs, () => pay(order, reference));
    });
  };

  /** One event of the day; which one is drawn. */
  const happen = (): void => {
    const rail = prng.next() < 0.55 ? 'mpesa' : 'airtel';
    const order = newOrder(rail);
    const draw = prng.next();
    if (draw < 0.58) buy(order, drawMood(prng));
    else if (draw < 0.64) {
      // Two acts in a row, the first of which is cancelled: the second consent is older than that.
      buy(order, prng.next() < 0.6 ? 'cancel' : 'approve');
      later(prng.between(1, 8) * secondMs, async () =>
        checkout({ ...order, amount: order.amount + 1 }),
      );
    } else if (draw < 0.8) {
      const { accountReference } = prng.pick(streams);
      later(0, () => pay(order, prng.pick(['', ' ', 'WRONG', 'rent may', accountReference])));
    } else if (draw < 0.87) {
      // A bill that is paid by hand, as somebody types it.
      habits.setLater(order.phone, 'ignore');
      checkout(order, (reference) =>
        later(prng.between(10, 300) * secondMs, () => pay(order, sloppy(reference, prng))),
      );
    } else if (draw < 0.96) {
      void deps.turnstile.track(habits.set(order.phone, drawMood(prng)));
      later(0, () => subscribe(order));
    } else later(0, () => transfer(rail));
  };

  const planDay = (midnight: EpochMs): void => {
    const events = prng.between(eventsPerDay.min, eventsPerDay.max) * deps.density;
    for (let n = 0; n < events; n += 1) {
      const at = midnight + drawMoment(prng);
      if (at > clock.now()) clock.after(at - clock.now(), happen);
    }
  };

  return {
    acts,
    counts,
    live: ({ firstMidnight, days }) => {
      for (let day = 0; day < days; day += 1) {
        const midnight = firstMidnight + day * dayMs;
        clock.after(midnight - clock.now(), () => planDay(midnight));
      }
    },
  };
}

const bodyOf = ({ phone, amount, stream, rail }: Order): object => ({
  phone,
  amount,
  stream,
  rail,
});

/** What phones do when they are asked, set just before. */
function createHabits({ clock, prng, providers, turnstile }: TownDeps) {
  const set = async (phone: Msisdn, mood: Mood): Promise<void> => {
    const { admin } = providers.byRail[railOf(phone)];
    await admin('PUT', `/phones/${phone}/script`, scriptOf(mood, prng));
  };
  return {
    set,
    setLater: (phone: Msisdn, mood: Mood): void =>
      void clock.after(0, () => void turnstile.track(set(phone, mood))),
  };
}

const scriptOf = (mood: Mood, prng: Prng): object => {
  switch (mood) {
    case 'approve':
      return { onPrompt: 'approve', afterMs: prng.between(3, 15) * secondMs };
    case 'late':
      return { onPrompt: 'approve', afterMs: prng.between(20, 50) * secondMs };
    case 'very-late':
      return { onPrompt: 'approve', afterMs: prng.between(50, 170) * secondMs };
    case 'cancel':
    case 'wrong-pin':
      return { onPrompt: mood, afterMs: prng.between(3, 25) * secondMs };
    case 'ignore':
      return { onPrompt: 'ignore', afterMs: 0 };
    default:
      return unreachable(mood, 'mood');
  }
};

const moods: readonly (readonly [Mood, number])[] = [
  ['approve', 0.6],
  ['late', 0.1],
  ['very-late', 0.05],
  ['cancel', 0.1],
  ['wrong-pin', 0.06],
  ['ignore', 0.09],
];

function drawMood(prng: Prng): Mood {
  let left = prng.next();
  for (const [mood, share] of moods) {
    left -= share;
    if (left < 0) return mood;
  }
  return 'approve';
}

/** Milliseconds after midnight in Nairobi. */
function drawMoment(prng: Prng): number {
  let left = prng.next() * totalWeight;
  for (const [hour, weight] of hourWeights.entries()) {
    left -= weight;
    if (left < 0) return hour * hourMs + prng.between(0, hourMs - 1);
  }
  return 12 * hourMs;
}

function sloppy(reference: string, prng: Prng): string {
  const spaced = `${reference.slice(0, 4)} ${reference.slice(4)}`;
  return prng.pick([reference, reference.toLowerCase(), spaced, reference.slice(1)]);
}
