import type { Clock, EpochMs, RailId } from '#kernel';

/** What a provider completed longer ago says nothing about how it does now. */
const trustMs = 60_000;

/**
 * Rails whose provider has just completed what it was sent, and said nothing else since: many
 * payouts may go there at once. Wrong credentials or a provider in trouble meet only a few, because
 * an operator is locked after a handful of refusals, which M-Pesa tells in callbacks alone.
 */
export function createTrust(clock: Pick<Clock, 'now'>) {
  const completedAt = new Map<RailId, EpochMs>();
  return {
    completed: (rail: RailId): void => void completedAt.set(rail, clock.now()),
    doubted: (rail: RailId): void => void completedAt.delete(rail),
    rails: (): readonly RailId[] =>
      [...completedAt].flatMap(([rail, at]) => (clock.now() - at < trustMs ? [rail] : [])),
  };
}

export type Trust = ReturnType<typeof createTrust>;
