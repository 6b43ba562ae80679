import { type Clock, type Prng, type RailId, railIds } from '#kernel';

import { restMs } from './behaviour.ts';
import type { Complain } from './complaints.ts';
import type { StreamDemand, TownConfig } from './config.ts';
import type { Span } from './day-shape.ts';
import { cycleAt, openingMs, planCycle, type Wish } from './demand.ts';
import { createEngineDoor, type EngineDoor } from './engine-door.ts';
import { createErrands, type Errand } from './errands.ts';
import type { Http } from './http.ts';
import { createPhoneDoor, type PhoneDoor } from './phone-door.ts';
import { createPromptWatch, type PromptWatch } from './prompt-watch.ts';
import { buy, type Outcome } from './purchase.ts';
import { createStreets, type Streets } from './streets.ts';

export interface TownDeps {
  readonly config: TownConfig;
  readonly clock: Clock;
  readonly prng: Prng;
  readonly http: Http;
  readonly complain: Complain;
  /** Aborts when the town is to stop. */
  readonly signal: AbortSignal;
}

export interface Town {
  /** Resolves when everybody has a phone; from then on they buy. */
  open(): Promise<void>;
}

interface Rail {
  readonly door: PhoneDoor;
  readonly watch: PromptWatch;
}

interface Parts extends TownDeps {
  readonly rails: ReadonlyMap<RailId, Rail>;
  readonly streams: readonly StreamDemand[];
  readonly streets: Streets;
  readonly engine: EngineDoor;
}

const tickMs = 1000;
const buyingAtOnceMax = 12;

export function createTown(deps: TownDeps): Town {
  const { config, clock, signal, complain } = deps;
  const parts = createParts(deps);
  const { rails, streets, engine } = parts;
  const errands = createErrands(deps.prng);
  const cycleMs = config.cycleHours * 60 * 60 * 1000;
  let cycle: Span = { startAt: 0, endAt: 0 };
  let buying = 0;

  const plan = (isOpening: boolean, spentKes: ReadonlyMap<RailId, number>): void => {
    const { seed, demandFactor } = config;
    const { streams } = parts;
    const now = clock.now();
    errands.replace(planCycle({ seed, demandFactor, streams, cycle, now, isOpening, spentKes }));
  };
  const run = async (errand: Errand): Promise<void> => {
    try {
      errands.putBack(errand, await fulfil(parts, errand.wish), clock.now());
    } catch (problem) {
      complain('town', String(problem));
    } finally {
      buying -= 1;
    }
  };
  const serve = (): void => {
    // Whoever finds the business closed does not pay it either.
    if (!engine.isOpen()) return;
    const isOpen = (rail: RailId): boolean => rails.get(rail)?.door.isOpen() === true;
    const countMax = buyingAtOnceMax - buying;
    for (const errand of errands.take({ now: clock.now(), countMax, isOpen })) {
      buying += 1;
      void run(errand);
    }
  };
  const tick = (): void => {
    if (signal.aborted) return;
    const now = clock.now();
    // A machine that slept, or whose clock was set, finds itself in another cycle.
    if (now >= cycle.endAt || now < cycle.startAt - openingMs) {
      cycle = cycleAt(now, cycleMs);
      plan(false, new Map());
    }
    serve();
    clock.after(tickMs, tick);
  };
  return {
    open: async () => {
      // So shortly before a cycle's end the opening belongs to the next one.
      cycle = cycleAt(clock.now() + openingMs, cycleMs);
      const spentKes = await streets.settle(cycle.startAt);
      if (signal.aborted) return;
      plan(true, spentKes);
      tick();
    },
  };
}

/** Somebody is found who goes and buys it. */
async function fulfil(parts: Parts, wish: Wish): Promise<Outcome['wish']> {
  const { clock, prng, rails, streets } = parts;
  const rail = rails.get(wish.stream.rail);
  const resident = rail === undefined ? undefined : await streets.find(wish);
  if (rail === undefined || resident === undefined) return 'later';
  const references = parts.streams.map(({ accountReference }) => accountReference);
  resident.isBuying = true;
  try {
    const outcome = await buy({ ...parts, ...rail, references }, wish, resident);
    const pauseMs = outcome.mood === undefined ? 0 : restMs(outcome.mood, prng);
    resident.restsUntilAt = clock.now() + pauseMs;
    return outcome.wish;
  } finally {
    resident.isBuying = false;
  }
}

function createParts(deps: TownDeps): Parts {
  const { config, clock, signal } = deps;
  const rails = new Map<RailId, Rail>();
  for (const rail of railIds) {
    const simUrl = config[rail]?.simUrl;
    if (simUrl === undefined) continue;
    const shortCode = rail === 'mpesa' ? config.mpesa?.shortCode : undefined;
    const door = createPhoneDoor({ ...deps, rail, simUrl, shortCode });
    rails.set(rail, { door, watch: createPromptWatch({ clock, door, signal }) });
  }
  const doors = new Map([...rails].map(([rail, { door }]) => [rail, door]));
  const streams = config.streams.filter(({ rail }) => rails.has(rail));
  const streets = createStreets({ ...deps, doors, streams });
  const engine = createEngineDoor({ ...deps, engineUrl: config.engineUrl });
  return { ...deps, rails, streams, streets, engine };
}
