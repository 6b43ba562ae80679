import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import {
  businessDateOf,
  createPrng,
  createVirtualClock,
  dayMs,
  invariant,
  railIds,
  Secret,
  startOfBusinessDay,
  type EpochMs,
} from '#kernel';
import { createDatabase, isDatabaseAway } from '#platform/db';
import { createCallbackTokens, deriveKeys } from '#security';

import type { Business } from '../../src/wiring.ts';
import { createAuditor, type Violation } from './auditor/auditor.ts';
import { createCare } from './care.ts';
import { createConditions } from './conditions.ts';
import { createEar, type LogLine } from './ear.ts';
import { createLookout } from './look.ts';
import { createMachine } from './machine.ts';
import { createOwner } from './owner.ts';
import { plants, type Plant, type PlantName } from './plants.ts';
import { createPostOffice } from './post-office.ts';
import { callbackUrlFor, type Grounds } from './process.ts';
import { openProviders } from './providers.ts';
import { createSecondThoughts } from './second-thoughts.ts';
import { openTown } from './town.ts';
import { createTurnstile } from './turnstile.ts';
import { createWeather } from './weather.ts';

export interface RunOptions {
  readonly seed: number;
  readonly days: number;
  readonly plant?: PlantName;
  /** So many times the usual trade and weather, to see more in less time. */
  readonly density?: number;
  /** How many answers to requests that move money are lost. */
  readonly lossRate?: number;
  /** How many payments their providers give back by themselves. */
  readonly careRate?: number;
  /** Hours of the first day that are left out: little happens at night. */
  readonly fromHour?: number;
  /** How long everything may take to come to its end after the last day. */
  readonly aftermathHours?: number;
  /** A migrated database that nobody else uses. */
  readonly connectionString: string;
  /** For the simulators' databases and the spool. */
  readonly folder: string;
  readonly onDay?: (progress: Progress) => void;
  readonly onViolation?: (violation: Violation) => void;
  /** Ends at the first violation; otherwise a run goes on, so that one shows all it can. */
  readonly stopAtFirst?: boolean;
  /** Hears what the engine's processes log. */
  readonly onLog?: (line: LogLine) => void;
}

export interface Progress {
  readonly day: number;
  readonly payments: number;
  readonly payouts: number;
  readonly prompts: number;
  readonly kills: number;
  readonly forged: number;
  readonly violations: number;
}

export interface Outcome {
  readonly seed: number;
  readonly days: number;
  readonly violations: readonly Violation[];
  readonly payments: number;
  readonly payouts: number;
  readonly prompts: number;
  readonly kills: number;
  readonly starts: number;
  readonly steps: number;
  readonly events: Readonly<Record<string, number>>;
  readonly callbacks: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly endedAt: EpochMs;
}

const usualLossRate = 0.05;
const usualCareRate = 0.015;
const hourMs = 60 * 60 * 1000;
const auditEveryMs = 5 * 60 * 1000;
/** A statement may have to wait for another process that waits for a provider. */
const proofMs = 2 * 60 * 1000;
const bootMs = 2 * 60 * 1000;
/** From the last statement to the last look; longer than it may take to be booked. */
const lastLookMs = 20 * 60 * 1000;
/** Longer than the latest callback may take. */
const usualAftermathHours = 8;
const midnight = startOfBusinessDay('2026-11-23' as Parameters<typeof startOfBusinessDay>[0]);
const masterSecret = new Secret('0123456789abcdef'.repeat(3) + 'x');
/** Of a key that nobody in the simulation types. */
const masterKeyHash = '$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$' + 'A'.repeat(43);

/** Puts the world together. One seed draws everything; each part draws from a row of its own. */
async function openWorld(options: RunOptions) {
  const { seed, folder, connectionString } = options;
  const clock = createVirtualClock(midnight + (options.fromHour ?? 0) * hourMs);
  const prngFor = (part: number) => createPrng(seed * 1_000 + part);
  const turnstile = createTurnstile(prngFor(1));
  const observer = createDatabase({ connectionString, connectionsMax: 1 });
  const keys = deriveKeys(masterSecret);
  invariant(keys.ok, 'the secret is long and not a mere repeat');
  const tokens = createCallbackTokens({ keys: keys.value });
  const conditions = createConditions();
  const lookout = createLookout(observer);
  const office = createPostOffice({
    clock,
    prng: prngFor(2),
    machine: () => machine,
    turnstile,
    tokens,
  });
  const providers = openProviders({
    seed,
    folder,
    clock,
    carry: office.carry,
    airtelCallbackUrl: callbackUrlFor(keys.value)('airtel-result', 0n),
  });
  const weather = createWeather({
    clock,
    prng: prngFor(3),
    providers,
    turnstile,
    machine: () => machine,
    conditions,
    density: options.density ?? 1,
    lossRate: options.lossRate ?? usualLossRate,
  });
  const onDefect = (error: unknown): void => {
    const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
    auditor.report('defect', 'engine', said);
  };
  const plant: Plant = plants[options.plant ?? 'none'];
  const spoolFolder = join(folder, 'spool');
  await mkdir(spoolFolder, { recursive: true });
  const grounds: Grounds = {
    connectionString,
    keys: keys.value,
    masterKeyHash,
    clock,
    turnstile,
    lookout,
    providers,
    spoolFolder,
    plant,
    ground: {
      isAway: weather.isDatabaseAway,
      onStatement: (text) => {
        if (/^\s*(?:insert|update|delete|with)/i.test(text)) lookout.noteWrite();
        weather.onStatement();
      },
      rewrite: plant.rewrite ?? ((text) => text),
    },
    log: createEar({ now: clock.now, onLine: options.onLog, onDefect }),
  };
  const machine = createMachine({
    grounds,
    observer,
    prng: prngFor(4),
    conditions,
    isDatabaseAway: weather.isDatabaseAway,
    databaseBackAt: weather.databaseBackAt,
    onDefect,
  });
  const { density = 1 } = options;
  const people = { clock, prng: prngFor(5), machine, providers, turnstile, density };
  const town = await openTown(people);
  const care = createCare({
    clock,
    prng: prngFor(6),
    providers,
    turnstile,
    rate: options.careRate ?? usualCareRate,
  });
  const owner = createOwner({
    clock,
    prng: prngFor(7),
    machine,
    providers,
    turnstile,
    beganAt: midnight,
    strikeSoon: weather.strikeSoon,
    onDefect,
  });
  const thoughts = createSecondThoughts({
    clock,
    prng: prngFor(8),
    observer,
    machine,
    turnstile,
    conditions,
    density,
    onDefect,
  });
  const auditor = createAuditor({
    now: clock.now,
    observer,
    providers,
    acts: town.acts,
    answered: office.answered,
    imported: owner.imported,
    cancelAnswers: thoughts.answers,
    conditions,
    onViolation: options.onViolation,
  });
  return {
    clock,
    turnstile,
    observer,
    lookout,
    providers,
    office,
    weather,
    machine,
    town,
    care,
    owner,
    thoughts,
    auditor,
  };
}

type World = Awaited<ReturnType<typeof openWorld>>;

/** From one thing that happens to the next: time stands still while anybody is at work. */
async function passUntil(world: World, until: EpochMs): Promise<void> {
  const { clock, turnstile, lookout, machine, thoughts } = world;
  for (;;) {
    await turnstile.settle();
    if (lookout.isStale) {
      const { topics } = await lookout.refresh();
      // Before anybody is awake: whoever comes first is for the seed to say.
      await thoughts.hear(topics);
      machine.tell(topics);
      if (topics.size > 0) continue;
    }
    const wakeAt = Math.max(clock.now(), machine.nextWakeAt());
    const nextAt = Math.min(clock.nextDueAt() ?? Infinity, wakeAt);
    if (nextAt > until) break;
    await clock.advance(nextAt - clock.now());
    machine.wake();
  }
  await clock.advance(until - clock.now());
}

const progressOf = (world: World, day: number): Progress => ({
  day,
  ...world.auditor.counts,
  kills: world.machine.kills,
  forged: world.office.counts['forged'] ?? 0,
  violations: world.auditor.violations.length,
});

/** What the engine says of itself, by whichever process is there. */
async function ask<Answer>(
  world: World,
  question: (business: Business) => Promise<Answer>,
  hear: (answer: Answer) => void,
): Promise<void> {
  const { machine, auditor, turnstile } = world;
  const [engine] = machine.running;
  if (engine === undefined) return;
  const answer = async (): Promise<void> => {
    try {
      hear(await Promise.race([question(engine.business), engine.life.cut]));
    } catch (error) {
      // Where the database went, or the process did, the next day tells of this one, too.
      const isDefect = !engine.life.isOver() && !isDatabaseAway(error);
      if (isDefect) auditor.report('defect', 'proof', String(error));
    }
  };
  void turnstile.track(answer(), engine.life);
  await passUntil(world, world.clock.now() + proofMs);
}

const prove = (world: World): Promise<void> =>
  ask(world, (business) => business.proof(), world.auditor.checkProof);

/** Books against statements, when all of them were imported. */
async function compareDays(world: World, days: number): Promise<void> {
  for (let day = 0; day < days; day += 1) {
    const date = businessDateOf(midnight + day * dayMs);
    for (const rail of railIds) {
      await ask(
        world,
        ({ reconciliation }) => reconciliation.day(rail, date),
        world.auditor.checkDay,
      );
    }
  }
}

const mayGoOn = ({ auditor }: World, { stopAtFirst }: RunOptions): boolean =>
  stopAtFirst !== true || auditor.violations.length === 0;

async function liveThrough(world: World, options: RunOptions): Promise<void> {
  const { clock, machine, weather, town, care, owner, thoughts, auditor } = world;
  machine.boot();
  await passUntil(world, clock.now() + bootMs);
  invariant(machine.running.length === 1, 'the engine has come up');
  const calendar = { firstMidnight: midnight, days: options.days };
  await weather.rage(calendar);
  town.live(calendar);
  care.work();
  thoughts.work();
  owner.workAtNight(calendar);
  for (let day = 1; day <= options.days; day += 1) {
    const end = midnight + day * dayMs;
    while (clock.now() < end && mayGoOn(world, options)) {
      await passUntil(world, Math.min(end, clock.now() + auditEveryMs));
      await auditor.check();
    }
    if (!mayGoOn(world, options)) return;
    await auditor.checkSums();
    await prove(world);
    options.onDay?.(progressOf(world, day));
  }
}

/** What care gave back last is known by the last statement alone. */
async function importTheRest(world: World, days: number): Promise<void> {
  const { clock, owner, auditor } = world;
  owner.importRest(midnight + days * dayMs);
  do await passUntil(world, clock.now() + lastLookMs);
  while (owner.isBusy);
  await auditor.check();
}

async function endInPeace(world: World, options: RunOptions): Promise<void> {
  const { clock, machine, weather, care, thoughts, auditor } = world;
  if (!mayGoOn(world, options)) return;
  await weather.clearUp();
  care.close();
  thoughts.close();
  if (machine.running.length === 0) machine.boot();
  const end = clock.now() + (options.aftermathHours ?? usualAftermathHours) * hourMs;
  while (clock.now() < end) {
    await passUntil(world, Math.min(end, clock.now() + auditEveryMs));
    await auditor.check();
  }
  await importTheRest(world, options.days);
  await compareDays(world, options.days);
  await auditor.checkSums();
  await prove(world);
  await auditor.checkEnd();
}

/** A town, two providers, an engine and everything that can go wrong between them. */
export async function simulate(options: RunOptions): Promise<Outcome> {
  const world = await openWorld(options);
  const { machine, office, weather, town, care, owner, thoughts, auditor } = world;
  const { turnstile, clock } = world;
  try {
    await liveThrough(world, options);
    await endInPeace(world, options);
    const { kills, starts } = machine;
    return {
      seed: options.seed,
      days: options.days,
      violations: auditor.violations,
      ...auditor.counts,
      kills,
      starts,
      steps: turnstile.steps,
      events: { ...town.counts, ...care.counts, ...owner.counts, ...thoughts.counts },
      callbacks: office.counts,
      faults: weather.counts,
      endedAt: clock.now(),
    };
  } finally {
    await machine.endAll();
    await world.providers.stop();
    await world.observer.close();
  }
}
