import { dayMs, type EpochMs, type Prng, type RailId } from '#kernel';

import type { Person } from './people.ts';

/** A person and what is known of them today. */
export interface Resident {
  readonly person: Person;
  /** As of the last look; only this town spends it. */
  balanceKes: number;
  isBuying: boolean;
  restsUntilAt: EpochMs;
  /** When the person asked for a prompt; older than a day is forgotten. */
  promptsAskedAt: readonly EpochMs[];
}

export interface Need {
  readonly rail: RailId;
  readonly streamId: string;
  readonly amountKes: number;
  /** Airtel is paid by prompt only. */
  readonly needsPrompt: boolean;
  readonly now: EpochMs;
}

export interface Residents {
  add(person: Person, balanceKes: number): Resident;
  count(rail: RailId): number;
  /** Somebody with time, money and patience for it; people who like the stream come first. */
  choose(need: Need): Resident | undefined;
}

/** The etiquette of the business, which its customers share. */
export const promptsPerDayMax = 3;
/** People do not spend their last shilling; it also covers the provider's fee. */
const reserveKes = 120;
const favouriteWeight = 5;

export const mayBePrompted = ({ promptsAskedAt }: Resident, now: EpochMs): boolean =>
  promptsAskedAt.filter((at) => now - at < dayMs).length < promptsPerDayMax;

export function noteAskedForPrompt(resident: Resident, now: EpochMs): void {
  const today = resident.promptsAskedAt.filter((at) => now - at < dayMs);
  resident.promptsAskedAt = [...today, now];
}

/** What a wallet must hold for this purchase. */
export const neededKes = (amountKes: number): number => amountKes + reserveKes;

const isFree = (resident: Resident, need: Need): boolean =>
  resident.person.rail === need.rail &&
  !resident.isBuying &&
  resident.restsUntilAt <= need.now &&
  resident.balanceKes >= neededKes(need.amountKes) &&
  (!need.needsPrompt || mayBePrompted(resident, need.now));

export function createResidents(prng: Prng): Residents {
  const all: Resident[] = [];
  return {
    count: (rail) => all.filter(({ person }) => person.rail === rail).length,
    add: (person, balanceKes) => {
      const resident: Resident = {
        person,
        balanceKes,
        isBuying: false,
        restsUntilAt: 0,
        promptsAskedAt: [],
      };
      all.push(resident);
      return resident;
    },
    choose: (need) => {
      const free = all.filter((resident) => isFree(resident, need));
      if (free.length === 0) return undefined;
      const fond = free.filter(({ person }) => person.habits.favourites.includes(need.streamId));
      const isFond = fond.length > 0 && prng.between(1, favouriteWeight) > 1;
      return prng.pick(isFond ? fond : free);
    },
  };
}
