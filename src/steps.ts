import { businessDateOf, dayMs, type EpochMs, type RailId } from '#kernel';
import type { EngineSteps } from '#engine';
import type { SweepSettings } from '#transfers';

import type { Business, BusinessSettings } from './wiring.ts';

/** What the engine's loops and cycles do, put together from the doors below. */
export function stepsOf(
  business: Omit<Business, 'steps'>,
  sweeps: BusinessSettings['sweeps'],
): EngineSteps {
  const { billing, collections, transfers, reconciliation, intake, outbox, idempotency } = business;
  const { weather, log } = business;
  return {
    sendPrompts: collections.sendPrompts,
    askAboutUnknowns: collections.askAboutUnknowns,
    workTransfers: transfers.work,
    replaySpool: async () => {
      await intake.replay();
      return 0;
    },
    cycles: {
      revenue: async () => {
        const expired = await billing.expire();
        const found = await collections.findUntold();
        await transfers.askBalances();
        await outbox.sweep();
        await idempotency.sweep();
        await weather.tidy();
        await reconciliation.sweep();
        return { expired, found };
      },
      'transfer-check': async (slotAt) => {
        const outcomes = await transfers.checkSweeps(
          slotAt === undefined ? undefined : railsDue(sweeps, slotAt),
        );
        return Object.fromEntries(
          [...outcomes].map(([rail, outcome]) => [
            rail,
            typeof outcome === 'string' ? outcome : outcome.id,
          ]),
        );
      },
      proof: async () => {
        const checks = await business.proof();
        const failed = checks.filter((check) => !check.ok);
        for (const check of failed) log.error({ check }, 'the books do not prove');
        return {
          checks: checks.length,
          failed: failed.map((check) => check.name),
          reconciled: await reconcileYesterday(business),
        };
      },
    },
  };
}

/** The day that has ended, as books, events and statement have it. */
async function reconcileYesterday(business: Omit<Business, 'steps'>) {
  const { clock, log, rails, reconciliation } = business;
  const date = businessDateOf(clock.now() - dayMs);
  const states: Record<string, string> = {};
  for (const rail of rails.keys()) {
    const day = await reconciliation.day(rail, date);
    states[rail] = day.state;
    const { length } = day.differences;
    if (day.state === 'differs') log.error({ rail, date, differences: length }, 'the day differs');
  }
  return { date, ...states };
}

/** The slots of the check are as short as the shortest interval; a rail is due at its own. */
function railsDue(sweeps: BusinessSettings['sweeps'], slotAt: EpochMs): ReadonlySet<RailId> {
  const shortestMs = Math.min(...[...sweeps.values()].map(({ checkEveryMs }) => checkEveryMs));
  const isDue = ({ checkEveryMs }: SweepSettings): boolean =>
    Math.floor(slotAt / checkEveryMs) !== Math.floor((slotAt - shortestMs) / checkEveryMs);
  return new Set([...sweeps].filter(([, settings]) => isDue(settings)).map(([rail]) => rail));
}
