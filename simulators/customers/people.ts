import { invariant, type Msisdn, parseMsisdn, type Prng, type RailId } from '#kernel';

import { prngOf, rateUpTo } from './chance.ts';
import { familyNames, givenNames } from './names.ts';

export interface Person {
  readonly msisdn: Msisdn;
  readonly name: string;
  readonly rail: RailId;
  /** What the wallet holds when its number is new. */
  readonly walletKes: number;
  readonly habits: Habits;
}

/** Rates run from 0 (never) to 1. */
export interface Habits {
  readonly favourites: readonly string[];
  /** How long the person stands at the counter before giving up. */
  readonly patienceMs: number;
  readonly cancelRate: number;
  readonly wrongPinRate: number;
  readonly ignoreRate: number;
  /** Paying by paybill, without being asked by a prompt. */
  readonly paybillRate: number;
  /** Asking for a prompt, dismissing it and paying its bill by paybill after all. */
  readonly changesMindRate: number;
  /** Mistyping the account number. */
  readonly typoRate: number;
}

/**
 * Who lives here from the start; more move in when these are too few. Airtel has more because all
 * of its sales need a prompt, and a phone is prompted three times a day at most.
 */
export const firstPeople = { mpesa: 24, airtel: 36 } as const satisfies Record<RailId, number>;
/** Of one rail, those who have moved in over time. */
export const peopleMax = 400;

// Ranges by the kernel's table. 0708 is left out: Safaricom's unreachable test number lies there.
const prefixes = {
  mpesa: ['710', '711', '712', '715', '720', '721', '722', '725', '727', '740', '757', '791'],
  airtel: ['730', '731', '733', '734', '736', '738', '750', '752', '755', '785', '788', '100'],
} as const satisfies Record<RailId, readonly string[]>;

const tails = 1_000_000;
/** Shares no factor with the number of tails, so that none comes twice. */
const tailStep = 386_117;

function msisdnOf(seed: number, rail: RailId, index: number): Msisdn {
  const firstTail = prngOf(seed, `tail ${rail}`).between(0, tails - 1);
  const tail = (firstTail + index * tailStep) % tails;
  const prefix = prngOf(seed, `prefix ${rail} ${index}`).pick(prefixes[rail]);
  const msisdn = parseMsisdn(`254${prefix}${String(tail).padStart(6, '0')}`);
  invariant(msisdn.ok, 'a number in its range is a Kenyan number');
  return msisdn.value;
}

export interface Birth {
  readonly seed: number;
  readonly rail: RailId;
  /** The how-many-th customer of the rail. */
  readonly index: number;
  readonly streamIds: readonly string[];
}

/** The same customer for the same seed, whenever and in whatever order people move in. */
export function personOf({ seed, rail, index, streamIds }: Birth): Person {
  const prng = prngOf(seed, `person ${rail} ${index}`);
  return {
    msisdn: msisdnOf(seed, rail, index),
    name: `${prng.pick(givenNames)} ${prng.pick(familyNames)}`,
    rail,
    walletKes: prng.between(200, 900) * 100,
    habits: habitsOf(rail, streamIds, prng),
  };
}

/** The means add up to 15 % of prompts that are not approved: 6 cancel, 4 mistype, 5 ignore. */
function habitsOf(rail: RailId, streamIds: readonly string[], prng: Prng): Habits {
  const isMpesa = rail === 'mpesa';
  const favourites = [prng.pick(streamIds), prng.pick(streamIds)];
  return {
    favourites: [...new Set(favourites)],
    patienceMs: prng.between(60, 150) * 1000,
    cancelRate: rateUpTo(prng, 0.12),
    wrongPinRate: rateUpTo(prng, 0.08),
    ignoreRate: rateUpTo(prng, 0.1),
    paybillRate: isMpesa ? rateUpTo(prng, 0.7) : 0,
    changesMindRate: isMpesa ? rateUpTo(prng, 0.16) : 0,
    typoRate: isMpesa ? rateUpTo(prng, 0.16) : 0,
  };
}
