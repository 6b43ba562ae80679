import type { Finding } from '../figures/verdict.ts';

/** What a run has to say in the end. */
export interface Report {
  readonly tables: readonly string[];
  readonly findings: readonly Finding[];
  /** Whatever was lost, doubled or not proved: fails the run whatever the figures are. */
  readonly faults?: readonly string[];
}

/** A run of `npm run bench`: says how far it has come, and clears away what it made. */
export type Run<Given> = (options: Given, tell: (text: string) => void) => Promise<Report>;
