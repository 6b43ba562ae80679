import type { Clock, EpochMs, Prng, RailId } from '#kernel';

import type { StreamDemand, TownConfig } from './config.ts';
import type { Wish } from './demand.ts';
import { firstPeople, peopleMax, type Person, personOf } from './people.ts';
import { type PhoneDoor, spentSinceKes, type Wallet } from './phone-door.ts';
import { createResidents, neededKes, type Resident } from './residents.ts';

export interface Streets {
  /** Moves the first people in; tells what their rails have seen them pay since then. */
  settle(sinceAt: EpochMs): Promise<ReadonlyMap<RailId, number>>;
  /** Somebody who buys this: of those who live here, or else a newcomer. */
  find(wish: Wish): Promise<Resident | undefined>;
}

export interface StreetsDeps {
  readonly config: TownConfig;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly doors: ReadonlyMap<RailId, PhoneDoor>;
  readonly streams: readonly StreamDemand[];
  readonly signal: AbortSignal;
}

/** Twice the highest wish fits below Safaricom's and Airtel's wallet limit of 500,000. */
const walletKesMax = 450_000;
const tryAgainMs = 1000;
/** A number that was here before an interruption may come back with an empty wallet. */
const newcomersTriedMax = 3;

export function createStreets(deps: StreetsDeps): Streets {
  const { clock, doors, signal } = deps;
  const residents = createResidents(deps.prng);
  const nextIndex = new Map<RailId, number>();

  const nextPerson = (rail: RailId): Person => {
    const index = nextIndex.get(rail) ?? 0;
    nextIndex.set(rail, index + 1);
    const streamIds = deps.streams.filter((one) => one.rail === rail).map(({ id }) => id);
    return personOf({ seed: deps.config.seed, rail, index, streamIds });
  };
  /** Patient, for a simulator may still be starting; a person whom it refuses stays away. */
  const welcome = async (door: PhoneDoor, person: Person): Promise<Wallet | undefined> => {
    for (;;) {
      const wallet = await door.moveIn(person);
      // An open door after a failure means that it answered, and answered no.
      if (wallet !== undefined || door.isOpen() || signal.aborted) return wallet;
      await clock.sleep(tryAgainMs, signal);
    }
  };
  const settleRail = async (rail: RailId, door: PhoneDoor, sinceAt: EpochMs): Promise<number> => {
    let spentKes = 0;
    for (let n = 0; n < firstPeople[rail] && !signal.aborted; n += 1) {
      const person = nextPerson(rail);
      const wallet = await welcome(door, person);
      if (wallet === undefined) continue;
      residents.add(person, wallet.balanceKes);
      spentKes += spentSinceKes(wallet, sinceAt);
    }
    return spentKes;
  };
  const receiveNewcomer = async (rail: RailId, leastKes: number): Promise<void> => {
    const person = nextPerson(rail);
    const walletKes = Math.min(walletKesMax, Math.max(person.walletKes, leastKes * 3));
    const wallet = await doors.get(rail)?.moveIn({ ...person, walletKes });
    if (wallet !== undefined) residents.add(person, wallet.balanceKes);
  };
  return {
    settle: async (sinceAt) =>
      new Map(
        await Promise.all(
          [...doors].map(
            async ([rail, door]) => [rail, await settleRail(rail, door, sinceAt)] as const,
          ),
        ),
      ),
    find: async ({ stream: { rail, id }, amountKes, isOpening }) => {
      const needsPrompt = isOpening || rail === 'airtel';
      const choose = (): Resident | undefined =>
        residents.choose({ rail, streamId: id, amountKes, needsPrompt, now: clock.now() });
      for (let tried = 0; ; tried += 1) {
        const resident = choose();
        const isFull = (nextIndex.get(rail) ?? 0) >= peopleMax;
        if (resident !== undefined || isFull || tried === newcomersTriedMax) return resident;
        await receiveNewcomer(rail, neededKes(amountKes));
      }
    },
  };
}
