import {
  dayMs,
  invariant,
  isoOf,
  railIds,
  type EpochMs,
  type Prng,
  type RailId,
  type VirtualClock,
} from '#kernel';
import { isDatabaseAway } from '#platform/db';

import type { Machine } from './machine.ts';
import type { EngineProcess } from './process.ts';
import type { Providers } from './providers.ts';
import type { Calendar } from './town.ts';
import type { Turnstile } from './turnstile.ts';

/** A statement that was imported to its end, as far as the owner was told. */
export interface Imported {
  readonly rail: RailId;
  readonly at: EpochMs;
  /** The file as the provider handed it out. */
  readonly text: string;
}

/** Whoever keeps the shop's accounts: downloads the providers' statements and imports them. */
export interface Owner {
  readonly imported: readonly Imported[];
  readonly counts: Readonly<Record<string, number>>;
  workAtNight(calendar: Calendar): void;
  /** What no statement has told of yet, up to a midnight. */
  importRest(toAt: EpochMs): void;
  readonly isBusy: boolean;
}

export interface OwnerDeps {
  readonly clock: VirtualClock;
  readonly prng: Prng;
  readonly machine: Machine;
  readonly providers: Providers;
  readonly turnstile: Turnstile;
  /** From when on there is anything to tell. */
  readonly beganAt: EpochMs;
  /** Work that takes long is what a crash cuts off. */
  readonly strikeSoon: () => void;
  /** Told when a good statement is refused, or an import fails for no reason of the world's. */
  readonly onDefect: (error: unknown) => void;
}

interface Download {
  readonly rail: RailId;
  readonly name: string;
  readonly toAt: EpochMs;
  readonly text: string;
}

const minuteMs = 60 * 1000;
const night = { fromMs: 160 * minuteMs, toMs: 240 * minuteMs };
const triesMax = 12;
/** Some nights nobody comes to it: the next statement is of more days. */
const sleepsThrough = 0.1;
/** Some statements begin a day early and tell once more what is known. */
const beginsEarly = 0.2;
const struckShare = 0.35;
/** Some people press twice, and the second word may come to another process. */
const pressesTwice = 0.2;

export function createOwner(deps: OwnerDeps): Owner {
  const { clock, prng, machine, providers, turnstile } = deps;
  const imported: Imported[] = [];
  const counts: Record<string, number> = {};
  const toldTo = new Map<RailId, EpochMs>();
  const busy = new Set<RailId>();

  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const later = (delayMs: number, what: () => Promise<void>): void =>
    void clock.after(delayMs, () => void turnstile.track(what()));
  const toldUntil = (rail: RailId): EpochMs => toldTo.get(rail) ?? deps.beganAt;

  /** As the page does it: a look at what would be booked, then the word to book it. */
  const importWith = async (
    { business }: EngineProcess,
    { rail, name, text }: Download,
  ): Promise<void> => {
    const { preview, commit } = business.reconciliation;
    const file = Buffer.from(text);
    const seen = await preview({ file, name, rail, password: undefined });
    if (!seen.ok) throw new Error(`${name} is refused: ${seen.error.kind}`);
    const done = await commit(seen.value.id, { kind: 'engine', part: 'owner' });
    if (!done.ok) throw new Error(`${name} is not booked: ${done.error.kind}`);
    invariant(done.value.booked.state === 'done', 'a statement is booked to its end');
  };

  const isImportedBy = async (
    engine: EngineProcess | undefined,
    download: Download,
  ): Promise<boolean> => {
    if (engine === undefined) return false;
    try {
      await Promise.race([importWith(engine, download), engine.life.cut]);
      return true;
    } catch (error) {
      if (!engine.life.isOver() && !isDatabaseAway(error)) deps.onDefect(error);
      return false;
    }
  };

  const isImported = async (download: Download): Promise<boolean> => {
    const [first] = machine.running;
    if (prng.next() >= pressesTwice) return isImportedBy(first, download);
    count('statement imported twice at once');
    const presses = [first, machine.running.at(-1)].map((one) => isImportedBy(one, download));
    return (await Promise.all(presses)).includes(true);
  };

  const attempt = async (download: Download, n: number): Promise<void> => {
    const { rail, text, toAt } = download;
    if (prng.next() < struckShare) deps.strikeSoon();
    if (await isImported(download)) {
      count('statement imported');
      imported.push({ rail, at: clock.now(), text });
      toldTo.set(rail, toAt);
      busy.delete(rail);
    } else if (n < triesMax) {
      count('statement tried again');
      later(prng.between(2, 40) * minuteMs, () => attempt(download, n + 1));
    } else {
      count('statement given up');
      busy.delete(rail);
    }
  };

  const importUntil = async (rail: RailId, toAt: EpochMs): Promise<void> => {
    if (busy.has(rail) || toldUntil(rail) >= toAt) return;
    busy.add(rail);
    const early = prng.next() < beginsEarly ? dayMs : 0;
    const fromAt = Math.max(deps.beganAt, toldUntil(rail) - early);
    const text = await providers.byRail[rail].statement({ fromAt, toAt });
    await attempt({ rail, name: `${rail}-${isoOf(toAt)}.csv`, toAt, text }, 1);
  };

  return {
    imported,
    counts,
    get isBusy() {
      return busy.size > 0;
    },
    workAtNight: ({ firstMidnight, days }) => {
      for (let day = 1; day < days; day += 1) {
        const midnight = firstMidnight + day * dayMs;
        for (const rail of railIds) {
          if (prng.next() < sleepsThrough) continue;
          const at = midnight + prng.between(night.fromMs, night.toMs);
          later(at - clock.now(), () => importUntil(rail, midnight));
        }
      }
    },
    importRest: (toAt) => {
      for (const rail of railIds) void turnstile.track(importUntil(rail, toAt));
    },
  };
}
