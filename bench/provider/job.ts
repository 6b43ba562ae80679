import type { Outcome } from '../generator/job.ts';

/** What the stand-in provider is told once it listens, as one line of JSON. */
export interface ProviderJob {
  /** The engine's port: its callbacks go there. */
  readonly port: number;
  readonly connections: number;
}

/** Measure from the next payout on; `expected` is how many of them there are. */
export interface ProviderPlan {
  readonly warmUpMs: number;
  readonly measureMs: number;
  readonly expected: number;
}

/** It listens; `outcome` words follow for each plan, as those of a generator. */
export interface ProviderReady {
  readonly event: 'ready';
  readonly port: number;
}

/** Over its whole life. */
export interface ProviderSummary {
  readonly event: 'summary';
  /** Payouts that it was asked for, and ids that it was asked for more than once. */
  readonly asked: number;
  readonly askedAgain: number;
  /** Results that were answered 200, and those that were answered otherwise or not at all. */
  readonly told: number;
  readonly untold: number;
}

export type ProviderOutcome = Outcome;
